//! Reading the sources as the compiler does: which file refers to what, unit tests left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, Meta, UseTree, Visibility};

/// A path as it is meant: `crate::journal::Entry`, or `std::fs::read`.
pub(super) type Segments = Vec<String>;

/// One file of the crate.
#[derive(Debug)]
pub(super) struct File {
    /// Below `src`, with `/`.
    pub(super) path: String,
    /// Everything that it refers to by a path, imports included, with its own imports resolved.
    pub(super) references: BTreeSet<Segments>,
    /// Its re-exports, which are no use of what they name.
    re_exports: BTreeMap<String, Segments>,
    /// Whether it has an `async` or an `.await`.
    pub(super) is_async: bool,
    /// The names under which it assigns by index: `object["name"] = …`.
    pub(super) assigned: BTreeSet<String>,
    /// The macros that it calls, by their last name.
    pub(super) macros: BTreeSet<String>,
}

/// All files that are compiled into the library, by their path.
#[derive(Debug)]
pub(super) struct Sources {
    files: BTreeMap<String, File>,
    by_module: BTreeMap<Segments, String>,
}

impl Sources {
    /// Reads a folder of sources.
    pub(super) fn read(root: &Path) -> Self {
        Self::of(&texts(root))
    }

    /// Reads sources whose text is given, from `lib.rs` on as the modules are declared.
    pub(super) fn of(texts: &BTreeMap<String, String>) -> Self {
        let mut sources = Self { files: BTreeMap::new(), by_module: BTreeMap::new() };
        let mut todo = vec![("lib.rs".to_owned(), vec!["crate".to_owned()])];
        while let Some((path, module)) = todo.pop() {
            let text = texts.get(&path).unwrap_or_else(|| panic!("no file {path}"));
            let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
            let mut reader = Reader::new(&module);
            reader.visit_file(&parsed);
            for child in &reader.children {
                let below = module[1..].iter().chain([child]).cloned().collect::<Vec<_>>().join("/");
                let found = [format!("{below}.rs"), format!("{below}/mod.rs")];
                let found = found.into_iter().find(|path| texts.contains_key(path));
                let found = found.unwrap_or_else(|| panic!("{path} declares {child}, which has no file"));
                todo.push((found, module.iter().chain([child]).cloned().collect()));
            }
            sources.by_module.insert(module, path.clone());
            let file = reader.finish(path.clone());
            sources.files.insert(path, file);
        }
        sources
    }

    pub(super) fn files(&self) -> impl Iterator<Item = &File> {
        self.files.values()
    }

    pub(super) fn file(&self, path: &str) -> &File {
        self.files.get(path).unwrap_or_else(|| panic!("no file {path} is compiled"))
    }

    /// The files that a file knows: where the things are that it refers to, re-exports followed.
    pub(super) fn known_by(&self, path: &str) -> BTreeSet<&str> {
        let file = self.file(path);
        let known = file.references.iter().filter_map(|reference| self.file_of(reference));
        known.filter(|known| *known != file.path).collect()
    }

    /// The file that an item of the crate is in.
    fn file_of(&self, reference: &Segments) -> Option<&str> {
        let mut reference = reference.clone();
        // Each re-export leads on; a chain of them is short.
        for _ in 0..8 {
            if reference.first().is_none_or(|first| first != "crate") {
                return None;
            }
            let depth =
                (1..=reference.len()).rev().find(|end| self.by_module.contains_key(&reference[..*end]));
            let depth = depth.expect("the crate itself is a module");
            let path = &self.by_module[&reference[..depth]];
            let re_export = reference.get(depth).and_then(|name| self.files[path].re_exports.get(name));
            let Some(target) = re_export else { return Some(path) };
            reference = target.iter().chain(&reference[depth + 1..]).cloned().collect();
        }
        panic!("{reference:?} is re-exported in a circle");
    }
}

/// The text of every source file below a folder, by its path.
pub(super) fn texts(root: &Path) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    read_folder(root, "", &mut texts);
    texts
}

fn read_folder(dir: &Path, prefix: &str, texts: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(dir).expect("a folder of source files") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            read_folder(&path, &format!("{prefix}{name}/"), texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.insert(format!("{prefix}{name}"), std::fs::read_to_string(&path).expect("a source file"));
        }
    }
}

/// What a walk through one file collects.
struct Reader {
    /// The module that is being read: the file's, or an inline one below it.
    module: Segments,
    /// How deep `module` is in the file itself.
    inline: usize,
    children: Vec<String>,
    inline_children: BTreeSet<String>,
    imports: BTreeMap<String, Segments>,
    re_exports: BTreeMap<String, Segments>,
    imported: BTreeSet<Segments>,
    paths: BTreeSet<(Segments, Segments)>,
    is_async: bool,
    assigned: BTreeSet<String>,
    macros: BTreeSet<String>,
}

impl Reader {
    fn new(module: &Segments) -> Self {
        Self {
            module: module.clone(),
            inline: 0,
            children: Vec::new(),
            inline_children: BTreeSet::new(),
            imports: BTreeMap::new(),
            re_exports: BTreeMap::new(),
            imported: BTreeSet::new(),
            paths: BTreeSet::new(),
            is_async: false,
            assigned: BTreeSet::new(),
            macros: BTreeSet::new(),
        }
    }

    fn finish(self, path: String) -> File {
        let mut references = self.imported;
        for (module, path) in self.paths {
            let is_child = self.children.contains(&path[0]) || self.inline_children.contains(&path[0]);
            references.insert(match self.imports.get(&path[0]).or_else(|| self.re_exports.get(&path[0])) {
                Some(import) => import.iter().chain(&path[1..]).cloned().collect(),
                None if is_child => module.iter().chain(&path).cloned().collect(),
                None => absolute(&module, path),
            });
        }
        let re_exports = self.re_exports;
        File {
            path,
            references,
            re_exports,
            is_async: self.is_async,
            assigned: self.assigned,
            macros: self.macros,
        }
    }

    fn import(&mut self, tree: &UseTree, prefix: &Segments, is_re_export: bool) {
        let with = |name: String| prefix.iter().cloned().chain([name]).collect::<Segments>();
        match tree {
            UseTree::Path(path) => self.import(&path.tree, &with(path.ident.to_string()), is_re_export),
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.import(tree, prefix, is_re_export));
            }
            UseTree::Name(name) if name.ident == "self" => {
                let known_as = prefix.last().expect("self is below something").clone();
                self.imported_as(known_as, prefix.clone(), is_re_export);
            }
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                self.imported_as(name.clone(), with(name), is_re_export);
            }
            UseTree::Rename(rename) => {
                let target =
                    if rename.ident == "self" { prefix.clone() } else { with(rename.ident.to_string()) };
                self.imported_as(rename.rename.to_string(), target, is_re_export);
            }
            UseTree::Glob(_) => {
                self.imported.insert(absolute(&self.module, prefix.clone()));
            }
        }
    }

    fn imported_as(&mut self, name: String, target: Segments, is_re_export: bool) {
        // `use rows::Row` beside `mod rows` is short for `self::rows::Row`.
        let is_child = self.children.contains(&target[0]);
        let target =
            if is_child { [&self.module[..], &target[..]].concat() } else { absolute(&self.module, target) };
        if is_re_export && self.inline == 0 {
            self.re_exports.insert(name, target);
        } else {
            self.imported.insert(target.clone());
            self.imports.insert(name, target);
        }
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Segments = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.path(std::mem::take(&mut path));
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                // `pub(in crate::sandbox)` says who may know an item, as in `visit_visibility`.
                TokenTree::Group(group) if path == ["pub"] && begins_with_in(&group) => path.clear(),
                TokenTree::Group(group) => {
                    self.path(std::mem::take(&mut path));
                    self.tokens(group.stream());
                    colons = 0;
                }
                _ => {
                    self.path(std::mem::take(&mut path));
                    colons = 0;
                }
            }
        }
        self.path(path);
    }

    fn path(&mut self, path: Segments) {
        self.is_async |= path.iter().any(|word| word == "async" || word == "await");
        if path.len() > 1 {
            self.paths.insert((self.module.clone(), path));
        }
    }
}

fn begins_with_in(group: &proc_macro2::Group) -> bool {
    matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(first)) if first == "in")
}

/// The path from the crate on, where it begins with `crate`, `self` or `super`; else as it is.
fn absolute(module: &Segments, path: Segments) -> Segments {
    let mut base = module.clone();
    let mut rest = path.iter().peekable();
    let mut is_relative = false;
    while let Some(first) = rest.peek() {
        match first.as_str() {
            "super" => drop(base.pop()),
            "self" => {}
            _ => break,
        }
        is_relative = true;
        rest.next();
    }
    if is_relative { base.into_iter().chain(rest.cloned()).collect() } else { path }
}

/// Whether what has these attributes is compiled for tests alone.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .any(|attribute| attribute.parse_args::<Meta>().is_ok_and(|condition| needs_test(&condition)))
}

fn needs_test(condition: &Meta) -> bool {
    let parts = || {
        let Meta::List(list) = condition else { return Vec::new() };
        let parsed =
            list.parse_args_with(syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated);
        parsed.map(|parts| parts.into_iter().collect()).unwrap_or_default()
    };
    if condition.path().is_ident("all") {
        return parts().iter().any(needs_test);
    }
    if condition.path().is_ident("any") {
        return parts().iter().all(needs_test);
    }
    condition.path().is_ident("test")
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        other => panic!("an item of a kind that this test does not know: {other:?}"),
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_file(&mut self, file: &'ast syn::File) {
        // Declared modules are known before the imports are read, wherever they stand.
        for item in &file.items {
            if let Item::Mod(item) = item
                && !is_for_tests(&item.attrs)
                && item.content.is_none()
            {
                self.children.push(item.ident.to_string());
            }
        }
        visit::visit_file(self, file);
    }

    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        let is_for_tests = match item {
            syn::ImplItem::Fn(item) => is_for_tests(&item.attrs),
            syn::ImplItem::Const(item) => is_for_tests(&item.attrs),
            _ => false,
        };
        if !is_for_tests {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.content.is_none() {
            return;
        }
        self.inline_children.insert(item.ident.to_string());
        self.module.push(item.ident.to_string());
        self.inline += 1;
        visit::visit_item_mod(self, item);
        self.inline -= 1;
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let is_re_export = !matches!(item.vis, Visibility::Inherited);
        self.import(&item.tree, &Vec::new(), is_re_export);
    }

    /// `pub(in crate::cli)` says who may know an item, not whom the item knows.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.path(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.macros.extend(call.path.segments.last().map(|segment| segment.ident.to_string()));
        self.tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        self.tokens(list.tokens.clone());
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.is_async |= signature.asyncness.is_some();
        visit::visit_signature(self, signature);
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        self.is_async = true;
        visit::visit_expr_async(self, block);
    }

    fn visit_expr_assign(&mut self, assignment: &'ast syn::ExprAssign) {
        if let syn::Expr::Index(place) = &*assignment.left
            && let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(name), .. }) = &*place.index
        {
            self.assigned.insert(name.value());
        }
        visit::visit_expr_assign(self, assignment);
    }

    fn visit_expr_await(&mut self, expression: &'ast syn::ExprAwait) {
        self.is_async = true;
        visit::visit_expr_await(self, expression);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.is_async |= closure.asyncness.is_some();
        visit::visit_expr_closure(self, closure);
    }
}
