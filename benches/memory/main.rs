//! How much memory a client takes in each of its three states, and what building one costs.
//!
//! `cargo bench --bench memory` runs the real program against its embedded server (a process of its own) with two sizes
//! of the population and reads the resident memory of the client process after everybody's first synchronisation of an
//! empty home. *Resident* is all of it divided by the clients, *marginal* what one more client adds. The buffers of
//! sockets are the kernel's and are in neither.
//!
//! `cargo bench --bench memory -- SMALL LARGE` takes other sizes than 1,000 and 4,000 clients; with `pieces` it only
//! shows what the memory consists of.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | the command, and what it prints |
//! | `process.rs` | the program under measurement: its configuration, its memory from outside |
//! | `building.rs` | what building a client costs, within this process |
//! | `pieces.rs` | what an idle connection consists of: the allocations that live with it |
//! | `within.rs` | what a client at rest consists of |
//! | `counting.rs` | an allocator that counts |

mod building;
mod counting;
mod pieces;
mod process;
mod within;

use process::{Server, State, resident};

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

fn main() {
    if within::is_it() {
        return;
    }
    let words: Vec<String> = std::env::args().skip(1).collect();
    if !words.iter().any(|word| word == "pieces") {
        // Cargo itself adds `--bench`.
        let sizes: Vec<u32> = words.iter().filter_map(|word| word.parse().ok()).collect();
        match sizes[..] {
            [small, large] if small < large => three_states(small, large),
            _ => three_states(1_000, 4_000),
        }
    }
    println!("\nwhat holds it");
    within::print();
    for state in [State::IdlePlain, State::IdleTls] {
        pieces::print(state);
    }
    println!();
    building::print();
}

fn three_states(small: u32, large: u32) {
    println!("memory a client after its first synchronisation of an empty home, OS_X_10_11, no profiles");
    println!("{:<34} {:>12} {:>12} {:>8}", "state", "resident", "marginal", "goal");
    for state in [State::AtRest, State::IdlePlain, State::IdleTls] {
        let [few, many] =
            [small, large].map(|clients| resident(&Server::start(state, clients), state, clients));
        let marginal = (many - few) / f64::from(large - small);
        println!(
            "{:<34} {:>9.1} KB {:>9.1} KB {:>5} KB   ({few:.0} KB with {small} clients, {many:.0} KB with {large})",
            state.title(),
            many / f64::from(large),
            marginal,
            state.goal(),
        );
    }
}
