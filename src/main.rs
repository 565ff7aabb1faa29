//! The program: arguments in, exit code out.

use std::process::ExitCode;

use esi_syncd::cli;

#[tokio::main]
async fn main() -> ExitCode {
    cli::main().await.into()
}
