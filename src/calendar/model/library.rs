//! Where models are found: in folders first, then among those that the program brings along.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::decode;
use super::embedded::EMBEDDED;
use super::model::Model;
use super::template::Body;
use crate::config::{At, Diagnostics, Level, MAX_BYTES, did_you_mean, read_text};

/// How long a chain of `like` may be.
const LONGEST_CHAIN: usize = 8;

/// Every model that can be named.
pub struct Library {
    folders: BTreeMap<String, Place>,
}

/// Where a model's files are.
#[derive(Clone, Debug)]
enum Place {
    Folder(PathBuf),
    Embedded(&'static [(&'static str, &'static str)]),
    /// Texts that another process has read, by the names of the files.
    Carried(BTreeMap<String, String>),
}

impl Library {
    /// The models of the program and of `clients/models` in the working folder and beside the clients plist (its own
    /// folder, `models` in it, and `clients/models` in it). What is found earlier hides what is found later.
    pub fn gather(clients_plist: Option<&Path>) -> Library {
        let mut library = Library::embedded();
        let beside = clients_plist.and_then(Path::parent);
        let besides =
            beside.iter().flat_map(|folder| ["clients/models", "models"].map(|name| folder.join(name)));
        let roots: Vec<PathBuf> = std::iter::once(PathBuf::from("clients/models")).chain(besides).collect();
        for root in roots.iter().rev() {
            library.add_root(root);
        }
        library
    }

    /// Only the models that the program brings along.
    pub fn embedded() -> Library {
        let folders =
            EMBEDDED.iter().map(|model| (model.name.to_owned(), Place::Embedded(model.files))).collect();
        Library { folders }
    }

    /// The models of the program, and those that [`Library::texts`] gave in another process.
    pub fn carried(models: BTreeMap<String, BTreeMap<String, String>>) -> Library {
        let mut library = Library::embedded();
        library.folders.extend(models.into_iter().map(|(name, files)| (name, Place::Carried(files))));
        library
    }

    /// The models that lie in folders: name to the texts of its files by their names. What cannot be read is left out,
    /// as it was when the models were loaded.
    pub fn texts(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let quiet = Diagnostics::new();
        let files = |name: &str| {
            let bodies = Body::ALL.iter().map(|body| format!("{}.xml", body.name()));
            let all = std::iter::once("model.plist".to_owned()).chain(bodies);
            all.filter_map(|file| self.file(name, &file, &quiet).map(|(_, text)| (file, text))).collect()
        };
        let in_folders = self.folders.iter().filter(|(_, place)| matches!(place, Place::Folder(_)));
        in_folders.map(|(name, _)| (name.clone(), files(name))).collect()
    }

    /// Adds every folder in `root` that has a `model.plist`.
    pub fn add_root(&mut self, root: &Path) {
        // A root that is not there is no error: it is one of several places to look.
        for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
            if entry.path().join("model.plist").is_file() {
                let name = entry.file_name().to_string_lossy().into_owned();
                self.folders.insert(name, Place::Folder(entry.path()));
            }
        }
    }

    /// The names of all models, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.folders.keys().map(String::as_str)
    }

    /// Whether the last part of `dotted` is a model.
    pub fn has(&self, dotted: &str) -> bool {
        self.folders.contains_key(last_part(dotted))
    }

    /// Reads the model that `dotted` names; only its last part counts, so that `contrib.performance.loadtest.ical.iOS_5`
    /// is `iOS_5`. `at` is where the name stands. What is wrong goes to `diags`, and then the answer is `None`.
    pub fn load(&self, dotted: &str, at: &At, diags: &Diagnostics) -> Option<Rc<Model>> {
        let name = match last_part(dotted) {
            // The oldest plists name it so (spec 1.5).
            "SnowLeopard" => "OS_X_10_6",
            name => name,
        };
        if !self.folders.contains_key(name) {
            diags
                .error(at, format!("there is no client program `{name}`"))
                .help(did_you_mean(name, self.names()))
                .help("a program of one's own is a folder clients/models/NAME with a model.plist");
            return None;
        }
        let errors = diags.count(Level::Error);
        let value = self.plist(name, diags)?;
        let (mut model, like) = decode::model(name, &value, diags)?;
        self.templates(&mut model, name, like.as_deref(), &value.at, diags);
        decode::check_templates(&model, &value.at, diags);
        (diags.count(Level::Error) == errors).then(|| Rc::new(model))
    }

    /// Reads the templates of the folder `name`, and of those it is like.
    fn templates(&self, model: &mut Model, name: &str, like: Option<&str>, at: &At, diags: &Diagnostics) {
        self.own_templates(model, name, diags);
        let mut next = like.map(str::to_owned);
        for _ in 0..LONGEST_CHAIN {
            let Some(parent) = next else { return };
            if !self.folders.contains_key(&parent) {
                diags
                    .error(at, format!("the client program {name} is like `{parent}`, which there is not"))
                    .help(did_you_mean(&parent, self.names()));
                return;
            }
            self.own_templates(model, &parent, diags);
            let quiet = Diagnostics::new();
            let value = self.plist(&parent, &quiet);
            next = value.as_ref().and_then(|value| value.get("like")?.as_str().map(str::to_owned));
        }
        diags.error(at, format!("the chain of `like` that begins at {name} does not end"));
    }

    /// Reads the templates that lie in one folder; those that the model has already stay.
    fn own_templates(&self, model: &mut Model, name: &str, diags: &Diagnostics) {
        for body in Body::ALL.iter().copied().filter(|body| !model.templates.has(*body)).collect::<Vec<_>>() {
            let file = format!("{}.xml", body.name());
            if let Some((shown, text)) = self.file(name, &file, diags)
                && decode::template(body, &shown, &text, diags)
            {
                model.templates.set(body, &text);
            }
        }
    }

    fn plist(&self, name: &str, diags: &Diagnostics) -> Option<crate::config::Value> {
        let (shown, text) = self.file(name, "model.plist", diags)?;
        crate::config::read_bytes(&shown, text.as_bytes(), diags)
    }

    /// The name for messages and the text of a file in a model's folder; None if there is none.
    fn file(&self, model: &str, file: &str, diags: &Diagnostics) -> Option<(String, String)> {
        match self.folders.get(model)? {
            Place::Embedded(files) => {
                let (_, text) = files.iter().find(|(name, _)| *name == file)?;
                Some((format!("clients/models/{model}/{file}"), (*text).to_owned()))
            }
            Place::Carried(files) => {
                Some((format!("clients/models/{model}/{file}"), files.get(file)?.clone()))
            }
            Place::Folder(folder) => {
                let path = folder.join(file);
                if !path.exists() {
                    return None;
                }
                let shown = path.display().to_string();
                match read_text(&path, MAX_BYTES) {
                    Ok(text) => Some((shown, text)),
                    Err(why) => {
                        diags.error(&At::named(shown), why);
                        None
                    }
                }
            }
        }
    }
}

fn last_part(dotted: &str) -> &str {
    dotted.rsplit('.').next().unwrap_or(dotted).trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::model::{Change, Listing, Search};

    fn load(library: &Library, name: &str) -> Result<Rc<Model>, Vec<String>> {
        let diags = Diagnostics::new();
        let model = library.load(name, &At::named("c.plist"), &diags);
        let texts = diags.all().iter().map(|one| format!("{one}; {}", one.help.join("; "))).collect();
        model.ok_or(texts)
    }

    #[test]
    fn the_four_models_are_whole() {
        let library = Library::embedded();
        assert_eq!(library.names().collect::<Vec<_>>(), ["OS_X_10_11", "OS_X_10_6", "OS_X_10_7", "iOS_5"]);
        let seven = load(&library, "contrib.performance.loadtest.ical.OS_X_10_7").unwrap();
        assert_eq!(
            (seven.change, seven.listing, seven.multiget),
            (Change::SyncToken, Listing::SyncCollection, 50)
        );
        let six = load(&library, "contrib.performance.loadtest.ical.SnowLeopard").unwrap();
        assert_eq!((&*six.title, six.multiget, six.start.proppatches.len()), ("OS X 10.6", 200, 3));
        let eleven = load(&library, "OS_X_10_11").unwrap();
        assert_eq!((eleven.search, eleven.signed), (Search::CalendarServerSearch, true));
        assert_eq!(load(&library, "iOS_5").unwrap().search, Search::None);
    }

    #[test]
    fn an_unknown_program_names_the_nearest() {
        let errors = load(&Library::embedded(), "x.OS_X_10_8").unwrap_err();
        assert!(
            errors[0].contains("there is no client program `OS_X_10_8`; did you mean `OS_X_10_"),
            "{errors:?}"
        );
    }

    #[test]
    fn a_folder_is_a_program_and_its_faults_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let mine = folder.path().join("models/Mine");
        std::fs::create_dir_all(&mine).unwrap();
        let plist = |body: &str| format!("<plist version='1.0'>\n<dict>\n{body}\n</dict></plist>");
        let basic = "<key>like</key><string>OS_X_10_7</string>\n<key>title</key><string>M</string>\n\
                     <key>userAgent</key><string>Mine/1</string>";
        std::fs::write(mine.join("model.plist"), plist(basic)).unwrap();
        std::fs::write(mine.join("home.xml"), "<propfind xmlns='DAV:'/>").unwrap();
        let library = Library::gather(Some(&folder.path().join("clients.plist")));
        let model = load(&library, "Mine").unwrap();
        assert_eq!(model.templates.fill(Body::Home, &[]).unwrap(), "<propfind xmlns='DAV:'/>");
        assert_eq!(model.headers, [("User-Agent".to_owned(), "Mine/1".to_owned())]);

        std::fs::write(mine.join("home.xml"), "<propfind\n xmlns='DAV:'>").unwrap();
        std::fs::write(mine.join("sync.xml"), "<sync-collection xmlns='DAV:'/>").unwrap();
        let body = format!(
            "{basic}<key>listing</key><string>propfnd</string><key>mutliget</key><integer>1</integer>"
        );
        std::fs::write(mine.join("model.plist"), plist(&body)).unwrap();
        let errors = load(&library, "Mine").unwrap_err().join("\n");
        for part in [
            "model.plist:5:62: error: `propfnd` is not a listing; did you mean `propfind`?",
            "unknown key `mutliget` in the client program; did you mean `multiget`?",
            "home.xml:1:1: error: the template is not well-formed XML",
            "sync.xml: error: the template has no {{token}}",
        ] {
            assert!(errors.contains(part), "{part} in {errors}");
        }
    }
}
