// `pocket-id ldap plan`: what a sync would change, as a diff, with the word that applies it.
import type { RunCommand } from '#core/kernel/plugin.ts'
import sync from './sync.ts'

const run: RunCommand = (context) => sync({ ...context, args: [...context.args, '--dry-run'] })

export default run
