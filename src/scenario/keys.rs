//! Every key of the two property lists that is no parameter of a plug-in, with what may stand there, for the schema.
//! Defaults and meanings stand in CONFIGURATION.md only; tests hold this list to its tables and to the decoders.

use crate::client::StartWith;
use crate::simulation::ProfileMix;

/// A dict of the property lists.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// Its name in the schema.
    pub name: &'static str,
    /// What it is, in a few words.
    pub help: &'static str,
    pub keys: &'static [Key],
}

/// A key of a dict.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its spellings, of which one may stand.
    pub names: &'static [&'static str],
    pub shape: Shape,
}

/// What may stand as a value.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    Text,
    Truth,
    Number,
    /// A whole number, at least so much.
    Whole(i64),
    /// Seconds, or a text as `10m`.
    Time,
    /// A time, or one of these words.
    TimeOr(&'static [&'static str]),
    /// One of these words.
    Word(&'static [&'static str]),
    Date,
    /// The dict of this section.
    Dict(&'static str),
    /// A dict of any keys, with such values.
    DictOf(&'static Shape),
    List(&'static Shape),
    Either(&'static [Shape]),
    /// The name of a plug-in of this registry; `params` beside it are those of the one that is named.
    Named(Registry),
    /// The parameters of what is named beside it.
    Params,
    /// Whatever: the decoder says more.
    Any,
}

/// Where a name is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registry {
    Arrivals,
    Loaders,
    Models,
    Monitors,
    Observers,
    Profiles,
}

const fn key(names: &'static [&'static str], shape: Shape) -> Key {
    Key { names, shape }
}

use Shape::*;

/// What asks a server's statistics socket.
const STATS: &[Key] =
    &[key(&["enabled", "Enabled"], Truth), key(&["Port", "port"], Whole(1)), key(&["Path", "path"], Text)];

/// All dicts; the first is the whole config, the second the whole clients.
pub static SECTIONS: &[Section] = &[
    Section {
        name: "config",
        help: "which server, which accounts, who arrives when, who watches",
        keys: &[
            key(&["server"], Text),
            key(&["servers"], DictOf(&Dict("pod"))),
            key(&["services"], Dict("services")),
            key(&["principalPathTemplate"], Text),
            key(&["verify"], Truth),
            key(&["accounts"], Dict("accounts")),
            key(&["arrival"], Dict("arrival")),
            key(&["run"], Dict("run")),
            key(&["embedded"], Dict("embedded")),
            key(&["workers"], List(&Either(&[Text, Dict("worker")]))),
            key(&["serverStats"], Dict("stats")),
            key(&["webadmin"], Dict("webadmin")),
            key(&["monitors"], List(&Dict("monitor"))),
            key(&["clientDataSerialization"], Dict("clientDataSerialization")),
            key(&["prepare"], List(&Dict("step"))),
            key(&["observers"], List(&Dict("observer"))),
            key(&["thresholds"], List(&Either(&[Text, Dict("threshold")]))),
            key(&["clients"], List(&Dict("population"))),
            key(&["arrivalInterval"], Time),
        ],
    },
    Section {
        name: "clients",
        help: "which client programs, which habits, in which proportions",
        keys: &[key(&["clients"], List(&Dict("population"))), key(&["arrivalInterval"], Time)],
    },
    Section {
        name: "ancestor",
        help: "keys of the ancestors that are read and not used",
        keys: &[key(&["workerID"], Whole(0)), key(&["workerCount"], Whole(0))],
    },
    Section {
        name: "webadmin",
        help: "a page that shows the run while it goes on",
        keys: &[key(&["enabled", "Enabled"], Truth), key(&["HTTPPort"], Whole(0)), key(&["address"], Text)],
    },
    Section {
        name: "pod",
        help: "one of several servers",
        keys: &[
            key(&["enabled", "Enabled"], Truth),
            key(&["uri"], Text),
            key(&["verify"], Truth),
            key(&["ampPushHosts"], List(&Text)),
            key(&["ampPushPort"], Whole(1)),
            key(&["stats"], Dict("stats")),
            key(&["services"], Dict("services")),
        ],
    },
    Section {
        name: "services",
        help: "what a server offers beside HTTP",
        keys: &[key(&["smtp"], Text), key(&["submission"], Text), key(&["imap"], Text), key(&["pop3"], Text)],
    },
    Section {
        name: "accounts",
        help: "who may take part",
        keys: &[
            key(&["loader"], Named(Registry::Loaders)),
            key(&["params"], Params),
            key(&["use"], Word(&["own", "reuse", "draw"])),
        ],
    },
    Section {
        name: "arrival",
        help: "who comes when",
        keys: &[
            key(&["factory"], Named(Registry::Arrivals)),
            key(&["params"], Params),
            key(&["maxUsers"], Whole(1)),
        ],
    },
    Section {
        name: "run",
        help: "how long, and the seed",
        keys: &[
            key(&["warmup"], TimeOr(&["ramp"])),
            key(&["duration"], Time),
            key(&["cooldown"], Time),
            key(&["seed"], Whole(0)),
            key(&["startAt"], Date),
        ],
    },
    Section {
        name: "embedded",
        help: "how fast the embedded server is",
        keys: &[
            key(&["slots"], Whole(1)),
            key(&["service"], Any),
            key(&["stalls"], List(&Dict("stall"))),
            key(&["pages"], Any),
        ],
    },
    Section {
        name: "stall",
        help: "when all answers are held",
        keys: &[key(&["at"], Time), key(&["for"], Time)],
    },
    Section {
        name: "worker",
        help: "a process that brings a share of the users",
        keys: &[
            key(&["name"], Text),
            key(&["command"], Text),
            key(&["weight"], Number),
            key(&["maxUsers"], Whole(1)),
            key(&["addresses"], List(&Text)),
        ],
    },
    Section { name: "stats", help: "a server's statistics socket", keys: STATS },
    Section {
        name: "monitor",
        help: "what reads a server's own figures",
        keys: &[
            key(&["type"], Named(Registry::Monitors)),
            key(&["params"], Params),
            key(&["pod"], Text),
            key(&["name"], Text),
            key(&["interval"], Time),
        ],
    },
    Section {
        name: "clientDataSerialization",
        help: "whether clients keep what they know from run to run",
        keys: &[key(&["Enabled", "enabled"], Truth), key(&["Path"], Text), key(&["UseOldData"], Truth)],
    },
    Section {
        name: "step",
        help: "what is done for accounts before the start: a request, events, messages or a broadcast",
        keys: &[
            key(&["method"], Text),
            key(&["path"], Text),
            key(&["body"], Text),
            key(&["contentType"], Text),
            key(&["depth"], Either(&[Word(&["0", "1", "infinity"]), Whole(0)])),
            key(&["expect"], List(&Whole(100))),
            key(&["events"], Dict("events")),
            key(&["messages"], Dict("messages")),
            key(&["broadcast"], Dict("broadcast")),
        ],
    },
    Section {
        name: "events",
        help: "events that are in a calendar before the start",
        keys: &[
            key(&["count"], Whole(1)),
            key(&["calendar"], Text),
            key(&["name"], Text),
            key(&["over"], Time),
            key(&["eventDurationDistribution"], Any),
            key(&["recurrenceDistribution"], Any),
        ],
    },
    Section {
        name: "messages",
        help: "messages that are in mailboxes before the start",
        keys: &[
            key(&["count"], Whole(1)),
            key(&["size"], Any),
            key(&["by"], Word(&["smtp", "submission", "imap"])),
            key(&["wait"], Time),
        ],
    },
    Section {
        name: "broadcast",
        help: "one message to everybody before the start",
        keys: &[
            key(&["to"], Text),
            key(&["from"], Text),
            key(&["size"], Any),
            key(&["by"], Word(&["smtp", "submission"])),
            key(&["wait"], Time),
        ],
    },
    Section {
        name: "observer",
        help: "who watches and judges",
        keys: &[key(&["type"], Named(Registry::Observers)), key(&["params"], Params)],
    },
    Section {
        name: "threshold",
        help: "a condition that the run shall fulfil",
        keys: &[key(&["expression"], Text), key(&["required"], Truth), key(&["abort"], Time)],
    },
    Section {
        name: "population",
        help: "a client program, its habits and its weight; or a person with several programs",
        keys: &[
            key(&["software"], Named(Registry::Models)),
            key(&["params"], Params),
            key(&["profiles"], List(&Dict("profile"))),
            key(&["weight", "popularity"], Number),
            key(&["startWith"], Word(&StartWith::WORDS)),
            key(&["mix"], Word(&ProfileMix::WORDS)),
            key(&["programs"], List(&Dict("program"))),
        ],
    },
    Section {
        name: "program",
        help: "one of the programs of a person",
        keys: &[
            key(&["software"], Named(Registry::Models)),
            key(&["params"], Params),
            key(&["profiles"], List(&Dict("profile"))),
            key(&["startWith"], Word(&StartWith::WORDS)),
            key(&["mix"], Word(&ProfileMix::WORDS)),
        ],
    },
    Section {
        name: "profile",
        help: "a habit",
        keys: &[
            key(&["class"], Named(Registry::Profiles)),
            key(&["params"], Params),
            key(&["weight"], Number),
            key(&["hosts"], List(&Text)),
        ],
    },
    Section {
        name: "connections",
        help: "how connections are used",
        keys: &[key(&["reuse"], Truth), key(&["idleClose"], Time), key(&["max"], Whole(1))],
    },
];
