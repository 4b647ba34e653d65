// The provider that the tests of one file speak with: started before them and stopped behind them, with somebody who is signed in there.
import { afterAll, beforeAll } from 'vitest'
import { type App, type Person, registerApp, signedInPerson, startProvider, type Wishes } from './apps.ts'
import type { Instance } from './instance.ts'

export let instance: Instance
export let somebody: Person

export const useProvider = (environment: Readonly<Record<string, string>> = {}): void => {
  beforeAll(async () => {
    instance = await startProvider(environment)
    somebody = await signedInPerson(instance)
  })
  afterAll(() => instance.stop())
}

/** One more app. */
export const app = (wishes: Wishes = {}): Promise<App> => registerApp(instance.ground.db, wishes)

/** Somebody else, signed in as well. */
export const person = (wishes: Parameters<typeof signedInPerson>[1] = {}): Promise<Person> => signedInPerson(instance, wishes)
