//! Other processes, and what they cost: read from /proc, because that needs neither unsafe code nor a crate.

use std::fs;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Fault;

/// Clock ticks of /proc per second; Linux has shown programs 100 on every machine for two decades.
const TICKS: f64 = 100.0;
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// What a process cost from start to end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Seconds on the clock.
    pub wall: f64,
    /// Seconds of processor time, user and system.
    pub cpu: f64,
    /// The most memory it ever held, in MiB.
    pub peak: f64,
}

/// Runs a program to its end; returns what it cost and its standard error.
pub async fn run(mut command: Command) -> Result<(Cost, String), Fault> {
    let (cpu, began) = (waited_for()?, Instant::now());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let mut pipe = child.stderr.take().ok_or("no pipe")?;
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).map(|_| text)
    });
    let mut peak = 0.0;
    let status = loop {
        peak = memory(child.id(), "VmHWM").unwrap_or(peak);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    };
    let wall = began.elapsed().as_secs_f64();
    let said = reader.join().map_err(|_| "the reader of standard error failed")??;
    if !status.success() {
        return Err(format!("{command:?}: {status}\n{said}").into());
    }
    Ok((Cost { wall, cpu: waited_for()? - cpu, peak }, said))
}

/// A number of /proc/PID/status in MiB: `VmHWM`, `VmRSS`.
pub fn memory(pid: u32, name: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib / 1024.0)
}

/// The numbers of /proc/PID/stat from the process's state on.
fn stat(pid: &str) -> Option<Vec<f64>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, numbers) = stat.rsplit_once(')')?;
    Some(numbers.split_whitespace().map(|n| n.parse().unwrap_or_default()).collect())
}

/// Processor time of a process so far; with `children`, also that of the ones it has waited for.
fn cpu(pid: &str, children: bool) -> Option<f64> {
    let stat = stat(pid)?;
    let fields = if children { 11..15 } else { 11..13 };
    Some(stat.get(fields)?.iter().sum::<f64>() / TICKS)
}

/// Processor time of the children that this process has waited for.
fn waited_for() -> Result<f64, Fault> {
    let own = cpu("self", false).ok_or("no /proc")?;
    Ok(cpu("self", true).ok_or("no /proc")? - own)
}

/// Processor time of one running process.
pub fn cpu_of(pid: u32) -> f64 {
    cpu(&pid.to_string(), false).unwrap_or_default()
}

/// Processor time of a server: its first process, the ones that have ended, and the ones that run.
pub fn cpu_of_family(pid: u32) -> f64 {
    let parent = f64::from(pid);
    let running = fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let is_child = stat(&name)?.get(1).is_some_and(|&p| (p - parent).abs() < 0.5);
        is_child.then(|| cpu(&name, true))?
    });
    running.sum::<f64>() + cpu(&pid.to_string(), true).unwrap_or_default()
}

/// A process that is ended with its owner.
#[derive(Debug)]
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
