// Before each file: what no test may depend on, which is how busy the machine is.
import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net'

// `localhost` has two addresses, of which most servers here have one: a process that was busy for a moment would give up the right one.
setDefaultAutoSelectFamilyAttemptTimeout(10_000)
