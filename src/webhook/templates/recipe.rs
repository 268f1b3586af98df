//! The forms of a template: how the sandbox makes an event, or what is made of an object of the sandbox. Pure.

/// How events of one type are made.
#[derive(Debug)]
pub struct Template {
    /// The type, as in `charge.succeeded`.
    pub kind: &'static str,
    pub(super) recipe: Recipe,
}

/// The way to an event.
#[derive(Debug)]
pub(super) enum Recipe {
    /// The sandbox makes the event itself when these requests are done.
    Made(&'static [RecipeStep]),
    /// An object that is there when these requests are done, with other values in some fields.
    Patched(Patched),
    /// A thin event of v2, which only names its object.
    Thin(Thin),
}

/// An event about an object in a state that the sandbox does not bring about by requests.
#[derive(Debug)]
pub(super) struct Patched {
    /// The requests.
    pub(super) steps: &'static [RecipeStep],
    /// Where the object is: a step's name, and the way to it in the step's answer.
    pub(super) object: &'static str,
    /// JSON that is laid over the object: objects are merged, everything else takes the old value's place. See
    /// [`super::build`] for its placeholders.
    pub(super) patch: &'static str,
    /// JSON that `previous_attributes` holds, where the type has them.
    pub(super) previous: Option<&'static str>,
}

/// A thin event.
#[derive(Debug)]
pub(super) struct Thin {
    /// The type, the id's prefix and the URL of the object that it is about.
    pub(super) related: Option<(&'static str, &'static str, &'static str)>,
    /// JSON of the field `data`, where the type has one.
    pub(super) data: Option<&'static str>,
}

/// One request to the sandbox. `{name.field}` in path and parameters stands for a field of an earlier answer,
/// `{now+3600}` for a time.
#[derive(Debug)]
pub(super) struct RecipeStep {
    /// What its answer is called.
    pub(super) name: &'static str,
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// Form-encoded.
    pub(super) params: &'static str,
}

pub(super) const fn post(name: &'static str, path: &'static str, params: &'static str) -> RecipeStep {
    RecipeStep { name, method: "POST", path, params }
}

pub(super) const fn get(name: &'static str, path: &'static str, params: &'static str) -> RecipeStep {
    RecipeStep { name, method: "GET", path, params }
}

pub(super) const fn delete(name: &'static str, path: &'static str) -> RecipeStep {
    RecipeStep { name, method: "DELETE", path, params: "" }
}

pub(super) const fn made(kind: &'static str, steps: &'static [RecipeStep]) -> Template {
    Template { kind, recipe: Recipe::Made(steps) }
}

pub(super) const fn patched(
    kind: &'static str,
    steps: &'static [RecipeStep],
    object: &'static str,
    patch: &'static str,
) -> Template {
    Template { kind, recipe: Recipe::Patched(Patched { steps, object, patch, previous: None }) }
}

pub(super) const fn updated(
    kind: &'static str,
    steps: &'static [RecipeStep],
    object: &'static str,
    patch: &'static str,
    previous: &'static str,
) -> Template {
    Template { kind, recipe: Recipe::Patched(Patched { steps, object, patch, previous: Some(previous) }) }
}

pub(super) const fn thin(
    kind: &'static str,
    related: Option<(&'static str, &'static str, &'static str)>,
    data: Option<&'static str>,
) -> Template {
    Template { kind, recipe: Recipe::Thin(Thin { related, data }) }
}
