// A plugin that counts how often it was started and stopped, and fails to start when it is told to.
import { Hono } from 'hono'
import { definePlugin, type HostEnv, start } from '#core/kernel/plugin.ts'
import { defineSettings, text } from '#core/settings/define.ts'

export interface Counts {
  started: number
  stopped: number
}

/** Makes the plugin `name` with the setting `<name>Word`; the word `fail` fails its start, `wrong` does not pass its check. */
export function countingPlugin<const Name extends string>(name: Name) {
  const counts: Counts = { started: 0, stopped: 0 }
  const key = `${name}Word` as const
  const settings = defineSettings({ [key]: text({ label: 'Word', help: 'Any word.', default: 'first' }) })
  const plugin = definePlugin({
    name,
    api: 1,
    settings,
    check: (values) => (values[key] === 'wrong' ? [{ field: key, code: 'wrong', message: 'This word is wrong.' }] : []),
    load: async () => ({
      default: start(settings, (host) => {
        const word = host.settings[key] ?? ''
        if (word === 'fail') throw new Error(`${name} does not start.`)
        counts.started++
        const routes = new Hono<HostEnv>().get(`/${name}`, (c) => c.text(word))
        return { routes, stop: async () => void counts.stopped++ }
      }),
    }),
  })
  return { plugin, counts }
}
