//! The files that options name, found before the work and written at its end.

use std::path::Path;

use super::place::Place;

/// Writes a `T` to its place.
pub type Form<T> = fn(&T, Place) -> Result<(), String>;

/// An option, the file if it names one, and what shall stand in it.
pub type Wanted<'a, T> = (&'static str, Option<&'a Path>, Form<T>);

/// Files that could be written when they were looked at, and what shall stand in them.
pub struct Files<T>(Vec<(Place, Form<T>)>);

impl<T> Files<T> {
    /// Looks at all of them, before the run: hours must not end with a path that cannot be written, nor destroy what was
    /// `read`: options and the files that they name.
    pub fn find<'a>(
        read: &[(&str, &Path)],
        wanted: impl IntoIterator<Item = Wanted<'a, T>>,
    ) -> Result<Files<T>, String> {
        let mut found: Vec<(&str, Place, Form<T>)> = Vec::new();
        for (option, path, form) in wanted {
            let Some(path) = path else { continue };
            let place = Place::find(path)?;
            if let Some((source, _)) = read.iter().find(|(_, read)| place.is_at(read)) {
                return Err(format!("{option} would overwrite what {source} names: {}", path.display()));
            }
            if let Some((taken, ..)) = found.iter().find(|(_, other, _)| other.is(&place)) {
                return Err(format!("{taken} and {option} name one file"));
            }
            found.push((option, place, form));
        }
        Ok(Files(found.into_iter().map(|(_, place, form)| (place, form)).collect()))
    }

    /// Writes all; what could not be written.
    pub fn write(self, from: &T) -> Vec<String> {
        self.0.into_iter().filter_map(|(place, form)| form(from, place).err()).collect()
    }
}
