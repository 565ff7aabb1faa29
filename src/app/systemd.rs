//! Messages to the service manager. Without systemd (no `NOTIFY_SOCKET`) every function does nothing.
//!
//! A message that cannot be sent is logged and otherwise ignored, because copying does not depend on systemd.

use std::time::Duration;

use sd_notify::NotifyState;

/// Reports that the daemon has started: configuration read, drivers built.
pub fn ready() {
    tell(&NotifyState::Ready);
}

/// Reports that the daemon is still starting, and asks for this much more time from now.
pub fn extend_start(by: Duration) {
    tell(&NotifyState::ExtendTimeoutUsec(u32::try_from(by.as_micros()).unwrap_or(u32::MAX)));
}

/// Sets the line that `systemctl status` shows.
pub fn status(text: &str) {
    // The protocol has one assignment a line, so a line break in the text would inject further assignments.
    tell(&NotifyState::Status(&text.replace(char::is_control, " ")));
}

/// Reports that the daemon has begun to stop.
pub fn stopping() {
    tell(&NotifyState::Stopping);
}

/// The time within which systemd expects a [`watchdog_ping`], if the unit has `WatchdogSec`; ping twice as often.
#[must_use]
pub fn watchdog_period() -> Option<Duration> {
    sd_notify::watchdog_enabled().filter(|period| !period.is_zero())
}

/// Reports that the daemon makes progress.
pub fn watchdog_ping() {
    tell(&NotifyState::Watchdog);
}

fn tell(state: &NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(std::slice::from_ref(state)) {
        tracing::debug!(%error, "could not notify systemd");
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;
    use std::process::Command;

    use super::*;

    /// Sends nothing when run as a test. The test below runs it with a socket in a child process, because a test cannot
    /// set its own environment.
    #[test]
    fn every_message() {
        ready();
        status("two\nREADY=0");
        watchdog_ping();
        extend_start(Duration::from_secs(30));
        stopping();
        let expected = std::env::var_os("NOTIFY_SOCKET").map(|_| Duration::from_mins(1));
        assert_eq!(watchdog_period(), expected);
    }

    #[test]
    fn a_service_manager_hears_every_message() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("notify");
        let socket = UnixDatagram::bind(&path).expect("a socket");
        socket.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
        let child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "app::systemd::tests::every_message"])
            .env("NOTIFY_SOCKET", &path)
            .env("WATCHDOG_USEC", "60000000")
            .env_remove("WATCHDOG_PID")
            .output()
            .expect("a process");
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
        for expected in [
            "READY=1\n",
            "STATUS=two READY=0\n",
            "WATCHDOG=1\n",
            "EXTEND_TIMEOUT_USEC=30000000\n",
            "STOPPING=1\n",
        ] {
            let mut message = [0; 256];
            let length = socket.recv(&mut message).expect("a message");
            assert_eq!(String::from_utf8_lossy(&message[..length]), expected);
        }
    }
}
