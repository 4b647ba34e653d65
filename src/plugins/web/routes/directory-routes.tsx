// The directory page: settings, test, preview, and a run on demand. For administrators.
import { type Context, Hono } from 'hono'
import { type DirectoryReport, type DirectoryStep, directory, directoryInsight } from '#core/directory-ports.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { goTo, page } from '../answer.ts'
import { directoryFacts } from '../directory-facts.ts'
import { type Faults, noFaults } from '../forms.ts'
import { adminsOnly } from '../guards.ts'
import { leftOutPath } from '../kit/directory-reports.tsx'
import { leftOutCsv } from '../left-out.ts'
import { DirectoryPage, directoryOwner, directoryPath } from '../pages/directory.tsx'
import { viewOf, type WebHost } from '../view.ts'
import { readTyped, settingFaults } from './configuration-routes.tsx'

interface Shown {
  readonly typed?: Readonly<Record<string, string>>
  readonly faults?: Faults
  readonly steps?: readonly DirectoryStep[]
  readonly preview?: DirectoryReport
  readonly status?: number
}

export function directoryRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const admins = adminsOnly(web)

  const show = async (c: Context<HostEnv>, { typed = {}, faults = noFaults, status, ...reports }: Shown = {}) => {
    const shown = {
      typed,
      faults,
      entries: host.configuration.entries().filter(({ owner, setting }) => owner === directoryOwner && !setting.environmentOnly),
      readOnly: host.core.uiConfigDisabled,
      facts: await directoryFacts(host),
      insight: host.seek(directoryInsight) !== undefined,
    }
    return page(c, <DirectoryPage view={viewOf(web, c)} {...shown} {...reports} />, status)
  }

  return new Hono<HostEnv>()
    .get(directoryPath, admins, (c) => show(c))
    .get(leftOutPath, admins, async (c) => {
      const [last] = (await host.seek(directoryInsight)?.runs(1)) ?? []
      if (!last) return c.notFound()
      c.header('content-type', 'text/csv; charset=utf-8')
      c.header('content-disposition', `attachment; filename="left-out-${last.at.toISOString().slice(0, 10)}.csv"`)
      c.header('cache-control', 'no-store')
      return c.body(leftOutCsv(last))
    })
    .post(directoryPath, admins, async (c) => {
      const typed = await readTyped(c)
      try {
        await host.configuration.change(typed, actorOf(c).user.id)
        return goTo(c, directoryPath, 'saved')
      } catch (error) {
        return show(c, { typed, faults: settingFaults(web, c, error), status: 400 })
      }
    })
    .post(`${directoryPath}/test`, admins, async (c) => {
      const steps = await host.seek(directoryInsight)?.test(c.req.raw.signal)
      return steps ? show(c, { steps }) : goTo(c, directoryPath)
    })
    .post(`${directoryPath}/preview`, admins, async (c) => {
      const preview = await host.seek(directoryInsight)?.preview(c.req.raw.signal)
      return preview ? show(c, { preview }) : goTo(c, directoryPath)
    })
    .post(`${directoryPath}/sync`, admins, async (c) => {
      // Not tied to this request: whoever closes the page does not stop the run.
      const run = await host.seek(directory)?.syncNow()
      return goTo(c, directoryPath, run?.outcome === 'applied' ? 'synced' : undefined)
    })
}
