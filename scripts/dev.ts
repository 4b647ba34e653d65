// `npm run dev`: the server from its sources, started anew whenever one of them changes.
import { spawn } from 'node:child_process'
import { watchIslands } from './islands.ts'

const stopWatching = await watchIslands()
const server = spawn('tsx', ['watch', 'src/cli.ts', ...process.argv.slice(2)], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.kill(signal))
server.on('exit', async (code) => {
  await stopWatching()
  process.exit(code ?? 1)
})
