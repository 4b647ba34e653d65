// Before each file: what no test may depend on, which is how near the next full hour is, and how busy the machine.
import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net'

// Every hour a directory is read. Between two steps of a test that would be a run too many, so the clock shows another half of it.
const farFromTheHour = (zone: string) => {
  process.env.TZ = zone
  return new Date().getMinutes() < 45
}
if (new Date().getMinutes() >= 45) ['Etc/UTC', 'Asia/Kolkata'].find(farFromTheHour)

// `localhost` has two addresses, of which most servers here have one: a process that was busy for a moment would give up the right one.
setDefaultAutoSelectFamilyAttemptTimeout(10_000)
