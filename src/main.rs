//! The program: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser as _;
use esi_syncd::cli;
use esi_syncd::cli::Arguments;

#[tokio::main]
async fn main() -> ExitCode {
    cli::main(Arguments::parse()).await.into()
}
