//! How much a place gives away: whatever is sent to browsers and apps is public. Pure.

use std::path::Path;

/// Where a key was found, as far as its path and its line tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A folder that web servers hand out, or a build that is handed out.
    PublicFolder,
    /// Code or a setting that ends up in a browser or in an app.
    FrontEnd,
    /// Anywhere else.
    Elsewhere,
}

/// Folders whose content web servers hand out, or that are built to be handed out.
const PUBLIC_FOLDERS: &[&str] = &[
    "public",
    "public_html",
    "static",
    "htdocs",
    "www",
    "wwwroot",
    "webroot",
    "dist",
    "assets",
    "_site",
    "gh-pages",
];

/// Folders of code that runs at somebody else's.
const FRONT_END_FOLDERS: &[&str] =
    &["frontend", "front-end", "webapp", "web-app", "client", "browser", "components", "ios", "android"];

/// What runs in a browser or in an app, by the end of its name.
const FRONT_END_ENDINGS: &[&str] = &[
    ".html",
    ".htm",
    ".xhtml",
    ".jsx",
    ".tsx",
    ".vue",
    ".svelte",
    ".astro",
    ".min.js",
    ".bundle.js",
    ".js.map",
    ".css",
    ".swift",
    ".storyboard",
    ".dart",
];

/// Names of settings that build tools write into the code for the browser or the app.
const FRONT_END_NAMES: &[&str] = &[
    "NEXT_PUBLIC_",
    "NUXT_PUBLIC_",
    "REACT_APP_",
    "VITE_",
    "VUE_APP_",
    "GATSBY_",
    "EXPO_PUBLIC_",
    "PUBLIC_",
    "NG_APP_",
];

impl Place {
    /// The place of a key, by the path of its file and what stands before it on its line.
    #[must_use]
    pub fn of(path: &Path, line_before: &[u8]) -> Self {
        let folders = path.parent().into_iter().flat_map(Path::components);
        let names: Vec<_> =
            folders.map(|folder| folder.as_os_str().to_string_lossy().to_ascii_lowercase()).collect();
        let is_in = |folders: &[&str]| names.iter().any(|name| folders.contains(&name.as_str()));
        let file = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        if is_in(PUBLIC_FOLDERS) {
            return Self::PublicFolder;
        }
        let is_named = FRONT_END_NAMES.iter().any(|name| names_setting(line_before, name.as_bytes()));
        if is_named || is_in(FRONT_END_FOLDERS) || FRONT_END_ENDINGS.iter().any(|end| file.ends_with(end)) {
            return Self::FrontEnd;
        }
        Self::Elsewhere
    }

    /// Whether what is here may be seen by everybody.
    #[must_use]
    pub const fn is_public(self) -> bool {
        !matches!(self, Self::Elsewhere)
    }

    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PublicFolder => "public_folder",
            Self::FrontEnd => "front_end",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// The place in words, where it matters.
    #[must_use]
    pub const fn words(self) -> Option<&'static str> {
        match self {
            Self::PublicFolder => Some("in a public folder"),
            Self::FrontEnd => Some("in front-end code"),
            Self::Elsewhere => None,
        }
    }
}

/// Whether a line sets something whose name begins so. The last one before the key counts.
fn names_setting(line_before: &[u8], beginning: &[u8]) -> bool {
    let name =
        line_before.rsplit(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').find(|word| word.len() > 1);
    name.is_some_and(|name| name.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_and_apps_get_is_public() {
        let cases = [
            ("public/app.js", "", Place::PublicFolder),
            ("site/dist/main.js", "", Place::PublicFolder),
            ("index.html", "", Place::FrontEnd),
            ("src/Pay.TSX", "", Place::FrontEnd),
            ("frontend/src/pay.ts", "", Place::FrontEnd),
            (".env", "NEXT_PUBLIC_STRIPE_KEY=", Place::FrontEnd),
            (".env", "export VITE_KEY = \"", Place::FrontEnd),
            (".env", "NEXT_PUBLIC_A=1 STRIPE_KEY=", Place::Elsewhere),
            (".env", "STRIPE_KEY=", Place::Elsewhere),
            ("src/server.js", "const key = '", Place::Elsewhere),
            ("public", "", Place::Elsewhere),
        ];
        for (path, line, place) in cases {
            assert_eq!(Place::of(Path::new(path), line.as_bytes()), place, "{path} {line}");
        }
    }
}
