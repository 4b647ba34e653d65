// A process of its own inside a network of its own, where Samba's fixed ports are free: `address folder port... -- program args`.
// Runs the program, and leads the socket `folder/port` to each port. Ends the program when its own standard input ends.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { relay } from './relay.ts'

const words = process.argv.slice(2)
const [host = '', folder = '', ...ports] = words.slice(0, words.indexOf('--'))
const [program = '', ...args] = words.slice(words.indexOf('--') + 1)

for (const port of ports) await relay({ path: join(folder, port) }, { host, port: Number(port) })
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
process.stdin.resume().on('end', () => child.kill('SIGTERM'))
child.on('error', (error) => {
  console.error(error.message)
  process.exit(1)
})
child.on('exit', (code) => process.exit(code ?? 0))
