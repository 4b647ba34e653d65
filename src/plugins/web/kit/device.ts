// Pure: the browser and system that somebody came with, in the language of the page.
import type { View } from '../view.ts'

/** @param device "Firefox on Linux", as core/http/device-name.ts has it, or an empty text */
export function deviceIn({ t }: Pick<View, 't'>, device: string): string {
  const [browser, system] = device.split(' on ')
  return browser && system ? t.deviceLogin.browserOn(browser, system) : device
}
