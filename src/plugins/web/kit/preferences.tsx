// Language and colours: small forms that work without script.
import { languageNames, languages } from '../messages/languages.ts'
import type { Theme, View } from '../view.ts'
import { Icon } from './icon.tsx'

const nextTheme: Readonly<Record<Theme, Theme>> = { system: 'dark', dark: 'light', light: 'system' }
const themeIcons: Readonly<Record<Theme, string>> = { system: 'sun-moon', light: 'sun', dark: 'moon' }

/** Goes through as-the-device, dark, light. */
export const ThemeButton = ({ view }: { readonly view: View }) => (
  <form method="post" action="/preferences">
    <input type="hidden" name="next" value={view.here} />
    <button
      type="submit"
      class="icon-button"
      name="theme"
      value={nextTheme[view.theme]}
      aria-label={view.t.app.theme[view.theme]}
      title={view.t.app.theme[view.theme]}
    >
      <Icon name={themeIcons[view.theme]} />
    </button>
  </form>
)

/** For people who are not signed in; others choose in their account. */
export const LanguageMenu = ({ view }: { readonly view: View }) => (
  <details class="menu">
    <summary class="chip" aria-label={`${view.t.app.language}: ${languageNames[view.language]}`}>
      <Icon name="languages" />
      {languageNames[view.language]}
    </summary>
    <form method="post" action="/preferences" class="menu-list">
      <input type="hidden" name="next" value={view.here} />
      {languages.map((one) => (
        <button type="submit" name="language" value={one} lang={one} aria-current={one === view.language ? 'true' : undefined}>
          {languageNames[one]}
          {one === view.language && <Icon name="check" />}
        </button>
      ))}
    </form>
  </details>
)
