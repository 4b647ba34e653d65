// The settings of the server, for administrators.
import { type Context, Hono } from 'hono'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { instanceImages } from '#core/images-port.ts'
import { mail as mailPort } from '#core/mail-port.ts'
import type { ConfigurationEntry } from '#core/settings/configuration.ts'
import { goTo, page } from '../answer.ts'
import { type Faults, faultsOf, noFaults, readForm } from '../forms.ts'
import { joinableGroups } from '../groups.ts'
import { adminsOnly } from '../guards.ts'
import { offered } from '../offered.ts'
import { ConfigurationPage, configurationPath } from '../pages/configuration.tsx'
import { directoryPath, isDirectoryOwner } from '../pages/directory.tsx'
import { signUpTexts } from '../sign-up-form.ts'
import { viewOf, type WebHost } from '../view.ts'
import { imageRoutes, imagesPath } from './image-routes.ts'

interface Shown {
  readonly typed?: Readonly<Record<string, string>>
  readonly faults?: Faults
  readonly imageFaults?: Faults
  /** Why a test letter did not go out. */
  readonly mailFault?: string | undefined
  readonly status?: number
}

const testPath = `${configurationPath}/test-email`

export function configurationRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const admins = adminsOnly(web)
  const show = async (c: Context<HostEnv>, asked: Shown = {}) => {
    const { typed = {}, faults = noFaults, imageFaults = noFaults, mailFault, status } = asked
    const view = viewOf(web, c)
    const mail = host.seek(mailPort)
    const standing = mail?.offers.server ? await mail.standing() : undefined
    const shown = {
      ...{ view, typed, faults, directoryPath },
      sections: sections(host.configuration.entries()),
      readOnly: host.core.uiConfigDisabled,
      images: host.seek(instanceImages) && { base: imagesPath, faults: imageFaults },
      groups: await joinableGroups(host, actorOf(c), []),
      mailTest: standing && { view, standing, action: testPath, fault: mailFault },
    }
    return page(c, <ConfigurationPage {...shown} />, status)
  }
  return new Hono<HostEnv>()
    .route(
      '/',
      imageRoutes(web, (c, imageFaults) => show(c, { imageFaults, status: 400 })),
    )
    .get(configurationPath, admins, (c) => show(c))
    .post(configurationPath, admins, async (c) => {
      const typed = await readTyped(c)
      try {
        await host.configuration.change(typed, actorOf(c).user.id)
        return goTo(c, configurationPath, 'saved')
      } catch (error) {
        return show(c, { typed, faults: settingFaults(web, c, error), status: 400 })
      }
    })
    .post(testPath, admins, async (c) => {
      try {
        await offered(web, mailPort).sendTest(actorOf(c).user, { accepted: viewOf(web, c).language })
        return goTo(c, configurationPath, 'testSent')
      } catch (error) {
        return show(c, { mailFault: faultsOf(error, '')[''], status: 400 })
      }
    })
}

/** What a settings form sent, by key. */
export async function readTyped(c: Context<HostEnv>): Promise<Readonly<Record<string, string>>> {
  const form = await readForm(c)
  return { ...Object.fromEntries(form.names.map((name) => [name, form.text(name)])), ...signUpTexts(form) }
}

/** By field, with a word on top. */
export function settingFaults(web: WebHost, c: Context<HostEnv>, error: unknown): Faults {
  const faults = faultsOf(error, '')
  return { '': viewOf(web, c).t.faults.banner, ...faults }
}

/** What can be set here, by the plugin that declares it. The directory has its own page. */
function sections(entries: readonly ConfigurationEntry[]) {
  const shown = entries.filter(({ setting, owner }) => !setting.environmentOnly && !isDirectoryOwner(owner))
  const owners = [...new Set(shown.map(({ owner }) => owner))]
  return owners.map((owner) => ({ owner, entries: shown.filter((entry) => entry.owner === owner) }))
}
