//! A server that takes every request and answers none.

use std::io::Read;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// It ends with the test.
pub struct Silent {
    address: SocketAddr,
    asked: Receiver<()>,
}

impl Silent {
    pub fn start() -> Silent {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, asked) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, tell) = (stream.unwrap(), tell.clone());
                std::thread::spawn(move || {
                    if first_byte(&stream) && tell.send(()).is_ok() {
                        while first_byte(&stream) {}
                    }
                });
            }
        });
        Silent { address, asked }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until so many connections have brought a request.
    pub fn wait_for(&self, connections: usize) {
        for _ in 0..connections {
            self.asked.recv_timeout(Duration::from_secs(60)).expect("nobody asked");
        }
    }
}

fn first_byte(mut stream: &TcpStream) -> bool {
    stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0)
}
