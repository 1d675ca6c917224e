//! Commands as messages and reports show them.

use std::iter::Peekable;
use std::str::Chars;

/// How much of a program's name is shown, letters.
const LONGEST: usize = 60;

/// A command for `/bin/sh` as it is shown: the program without its arguments, as there may be a password among them, and
/// without what is set for it. What is not certain to be the name of a program is not shown either.
pub fn shown(command: &str) -> String {
    let command = command.trim();
    let mut rest = command.chars().peekable();
    let program = loop {
        match word(&mut rest) {
            Some(word) if is_assignment(&word) => {}
            Some(word) if is_plain(&word) => break word,
            // Either there is no program, or the shell makes more of this than a name.
            _ => break String::new(),
        }
    };
    named(&program, command == program)
}

/// A program and its arguments, in the same way; those for `sh -c` as what the shell is told.
pub fn shown_words(command: &[String]) -> String {
    match command {
        [shell, option, text] if shell == "sh" && option == "-c" => shown(text),
        [program, arguments @ ..] => named(program, arguments.is_empty()),
        [] => String::new(),
    }
}

/// A program's name; `alone` if that is the whole command.
fn named(program: &str, alone: bool) -> String {
    let beginning: String = program.chars().take(LONGEST).collect();
    if alone && beginning == program { beginning } else { format!("{beginning} ...").trim_start().to_owned() }
}

/// The next word as it is written, quotes and all (POSIX.1, XCU 2.2 and 2.3). None: there is no more, or where it ends cannot
/// be told without a whole shell.
fn word(rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    let is_blank = |letter: &char| [' ', '\t', '\n'].contains(letter);
    while rest.next_if(is_blank).is_some() {}
    let mut word = String::new();
    while let Some(letter) = rest.next_if(|letter| !is_blank(letter)) {
        word.push(letter);
        match letter {
            '\\' => word.push(rest.next()?),
            // Between `$'` and its end a backslash has a meaning (XCU 2.2.4), and not every shell knows it.
            '\'' if word.ends_with("$'") => return None,
            '\'' => loop {
                let quoted = rest.next()?;
                word.push(quoted);
                if quoted == '\'' {
                    break;
                }
            },
            '"' => loop {
                let quoted = rest.next()?;
                word.push(quoted);
                match quoted {
                    '"' => break,
                    '\\' => word.push(rest.next()?),
                    '`' | '(' | '{' => return None,
                    _ => {}
                }
            },
            // What is run or computed within has words of its own, and an operator ends the word.
            '`' | '(' | ')' | '{' | ';' | '&' | '|' | '<' | '>' => return None,
            _ => {}
        }
    }
    (!word.is_empty()).then_some(word)
}

/// Whether the word sets a variable for the program that follows.
fn is_assignment(word: &str) -> bool {
    let of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    word.split_once('=').is_some_and(|(name, _)| {
        name.starts_with(|first: char| !first.is_ascii_digit()) && name.chars().all(of_name)
    })
}

/// Whether the word is a name or a path that stands for itself.
fn is_plain(word: &str) -> bool {
    word.chars().all(|letter| letter.is_alphanumeric() || "/._-+".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::{shown, shown_words};

    #[test]
    fn the_program_is_shown_and_nothing_beside_it() {
        for (command, text) in [
            (" uptime ", "uptime"),
            ("/bin/mon --password s3cret", "/bin/mon ..."),
            ("TOKEN=s3cret /bin/mon", "/bin/mon ..."),
            ("TOKEN='my s3cret' /bin/mon", "/bin/mon ..."),
            ("TOKEN=\"my s3cret\" OTHER=\"it \\\" s3cret\" /bin/mon -v", "/bin/mon ..."),
            ("TOKEN=my\\ s3cret /bin/mon", "/bin/mon ..."),
            ("TOKEN='a'\"b s3cret\"c\\ s3cret ssh db1 mon", "ssh ..."),
            ("TOKEN=$OTHER\n/bin/mon", "/bin/mon ..."),
            ("A=1 B=2", "..."),
            ("", ""),
        ] {
            assert_eq!(shown(command), text, "{command}");
        }
        assert_eq!(shown(&"x".repeat(70)), "x".repeat(60) + " ...");
    }

    #[test]
    fn of_an_array_only_the_first_is_shown() {
        for (words, text) in [
            (&["/bin/a b", "--password", "s3cret"][..], "/bin/a b ..."),
            (&["mon"], "mon"),
            (&["sh", "-c", "TOKEN='my s3cret' mon"], "mon ..."),
            (&["sh", "-c", "mon", "s3cret"], "sh ..."),
            (&[], ""),
        ] {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(shown_words(&words), text);
        }
    }

    #[test]
    fn what_only_a_shell_understands_is_not_shown() {
        for command in [
            "TOKEN=$(cat my s3cret) /bin/mon",
            "TOKEN=`cat my s3cret` /bin/mon",
            "TOKEN=\"$(echo \"my s3cret\")\" /bin/mon",
            "TOKEN=\"${OTHER:-\"my s3cret\"}\" /bin/mon",
            "TOKEN=${OTHER:-my s3cret} /bin/mon",
            "TOKEN=$'it\\'s my s3cret' /bin/mon",
            "TOKEN='my s3cret /bin/mon",
            "TOKEN=my\\",
            "TOKEN=my;s3cret /bin/mon",
            "<<'s3cret' /bin/mon",
            "'s3cret' x",
            "$s3cret x",
            "--key=s3cret x",
            "TOKEN=my\rs3cret",
            "1=s3cret x",
            "=s3cret x",
        ] {
            assert_eq!(shown(command), "...", "{command}");
        }
    }
}
