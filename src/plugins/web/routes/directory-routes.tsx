// The directory page: settings, detection, test, preview, a run on demand, and what an administrator decides. For administrators.
import { type Context, Hono } from 'hono'
import { stream } from 'hono/streaming'
import type { DetectedDirectory, DirectoryInsight, DirectoryReport, DirectoryStep } from '#core/directory-ports.ts'
import { AppError } from '#core/errors.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { errorText } from '#core/log.ts'
import { goTo, type Markup, page } from '../answer.ts'
import { chosenDirectory, directoryFacts, directorySources } from '../directory-facts.ts'
import { type Faults, faultsOf, noFaults, readForm } from '../forms.ts'
import { adminsOnly } from '../guards.ts'
import { StepLine, stepsLead } from '../kit/directory-steps.tsx'
import { DirectoryPage, directoryPath } from '../pages/directory.tsx'
import { withSource } from '../pages/paths.ts'
import { type View, viewOf, type WebHost } from '../view.ts'
import { readTyped, settingFaults } from './configuration-routes.tsx'

interface Shown {
  readonly typed?: Readonly<Record<string, string>>
  readonly faults?: Faults
  readonly steps?: readonly DirectoryStep[]
  readonly preview?: DirectoryReport
  readonly detected?: DetectedDirectory
  readonly status?: number
}

const sourceIn = (c: Context<HostEnv>) => c.req.query('source')
const back = (c: Context<HostEnv>, done?: string) => goTo(c, withSource(directoryPath, sourceIn(c)), done)
const whoAsks = (c: Context<HostEnv>) => {
  const { id, username } = actorOf(c).user
  return { id, username }
}

function showDirectory({ host, assets }: WebHost) {
  return async (c: Context<HostEnv>, { typed = {}, faults = noFaults, status, ...reports }: Shown = {}) => {
    const chosen = chosenDirectory(host, sourceIn(c))
    const owned = host.configuration.entries().filter(({ owner }) => owner === chosen.owner)
    const shown = {
      typed,
      faults,
      owner: chosen.owner,
      sources: directorySources(host),
      entries: owned.filter(({ setting }) => !setting.environmentOnly),
      readOnly: host.core.uiConfigDisabled,
      facts: await directoryFacts(host, chosen),
      insight: chosen.insight !== undefined,
    }
    return page(c, <DirectoryPage view={viewOf({ host, assets }, c)} {...shown} {...reports} />, status)
  }
}

export function directoryRoutes(web: WebHost): Hono<HostEnv> {
  return new Hono<HostEnv>().route('/', settingsRoutes(web)).route('/', decisionRoutes(web))
}

function settingsRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const admins = adminsOnly(web)
  const show = showDirectory(web)
  const insightOf = (c: Context<HostEnv>) => chosenDirectory(host, sourceIn(c)).insight
  /** Values as typed, if the form with the settings was sent; else the stored ones count. */
  const typedIn = async (c: Context<HostEnv>) => {
    const typed = await readTyped(c)
    return Object.keys(typed).length === 0 ? undefined : typed
  }

  return new Hono<HostEnv>()
    .get(directoryPath, admins, (c) => show(c))
    .post(directoryPath, admins, async (c) => {
      const typed = await readTyped(c)
      try {
        await host.configuration.change(typed, actorOf(c).user.id)
        return back(c, 'saved')
      } catch (error) {
        return show(c, { typed, faults: settingFaults(web, c, error), status: 400 })
      }
    })
    .post(`${directoryPath}/test`, admins, async (c) => {
      const typed = await typedIn(c)
      const insight = insightOf(c)
      if (insight && c.req.header('x-live') === 'steps') return tell(c, viewOf(web, c), insight, typed)
      try {
        const steps = await insight?.test(c.req.raw.signal, typed ? { values: typed } : {})
        return steps ? show(c, { steps, typed: typed ?? {} }) : back(c)
      } catch (error) {
        return show(c, { typed: typed ?? {}, faults: settingFaults(web, c, error), status: 400 })
      }
    })
    .post(`${directoryPath}/detect`, admins, async (c) => {
      const typed = (await typedIn(c)) ?? {}
      try {
        const detected = await insightOf(c)?.detect(c.req.raw.signal, typed)
        return detected ? show(c, { detected, typed }) : back(c)
      } catch (error) {
        // It could not be reached: the port's own sentence says why.
        const faults = error instanceof AppError ? settingFaults(web, c, error) : { '': errorText(error) }
        return show(c, { typed, faults, status: 400 })
      }
    })
    .post(`${directoryPath}/preview`, admins, async (c) => {
      const preview = await insightOf(c)?.preview(c.req.raw.signal)
      return preview ? show(c, { preview }) : back(c)
    })
}

/** A test, step by step as each ends: lines of JSON, each with the markup to put somewhere. */
function tell(c: Context<HostEnv>, view: View, insight: DirectoryInsight, values: Readonly<Record<string, string>> | undefined) {
  c.header('content-type', 'application/x-ndjson')
  c.header('cache-control', 'no-store')
  return stream(c, async (out) => {
    const aborted = new AbortController()
    out.onAbort(() => aborted.abort())
    let said: Promise<unknown> = Promise.resolve()
    const write = async (into: 'steps' | 'lead', markup: Markup) => {
      const html = String(await markup)
      await out.write(`${JSON.stringify({ into, html })}\n`)
    }
    const onStep = (step: DirectoryStep) => {
      said = said.then(() => write('steps', <StepLine view={view} step={step} />))
    }
    const steps = await insight.test(aborted.signal, { ...(values ? { values } : {}), onStep })
    await said
    await write('lead', <span>{stepsLead(view, steps)}</span>)
  })
}

function decisionRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const admins = adminsOnly(web)
  const show = showDirectory(web)
  const chosen = (c: Context<HostEnv>) => chosenDirectory(host, sourceIn(c))

  return new Hono<HostEnv>()
    .post(`${directoryPath}/sync`, admins, async (c) => {
      // Not tied to this request: whoever closes the page does not stop the run.
      const run = await chosen(c).directory?.syncNow(undefined, whoAsks(c))
      return back(c, run?.outcome === 'applied' ? 'synced' : undefined)
    })
    .post(`${directoryPath}/apply`, admins, async (c) => {
      const { insight } = chosen(c)
      if (!insight) return back(c)
      try {
        const report = await insight.applyPlan((await readForm(c)).text('plan'), whoAsks(c))
        // The directory has changed meanwhile: this is what would happen now.
        return report.outcome === 'applied' ? back(c, 'synced') : show(c, { preview: report, status: 409 })
      } catch (error) {
        return show(c, { faults: faultsOf(error, ''), status: 409 })
      }
    })
    .post(`${directoryPath}/undo`, admins, async (c) => {
      try {
        await chosen(c).insight?.undoRun(Number((await readForm(c)).text('run')), whoAsks(c))
        return back(c, 'undone')
      } catch (error) {
        return show(c, { faults: faultsOf(error, ''), status: 409 })
      }
    })
}
