// Pure: settings tables -> the reference page. A test fails when the committed page is stale.
import { environmentName, type Setting, type SettingsTable } from './define.ts'

/** One owner's table for the reference. */
export interface SettingsSection {
  readonly title: string
  readonly table: SettingsTable
  /** What the keys begin with, where numbered copies may be set beside them. */
  readonly numbered?: string | undefined
}

/** The reference of all settings as Markdown: a table for each section, one line for each variable. */
export function settingsReference(sections: readonly SettingsSection[]): string {
  const body = sections.map(({ title, table, numbered }) =>
    [
      `## ${title}`,
      '',
      ...(numbered ? [copies(numbered), ''] : []),
      '| Variable | Key | Default | Meaning |',
      '|---|---|---|---|',
      ...Object.entries(table).map(([key, setting]) => settingRow(key, setting)),
    ].join('\n'),
  )
  return ['# Settings', '', intro, '', body.join('\n\n'), ''].join('\n')
}

const intro = `Every setting is an environment variable; those with a key can also be set in the administration pages or through
\`PUT /api/application-configuration\`. A variable that is set wins over the stored value. Every variable also takes its value
from a file, by the same name with \`_FILE\` at the end. Secrets (marked *secret*) are encrypted at rest and never shown.`

function settingRow(key: string, setting: Setting): string {
  const marks = [setting.secret && '*secret*', setting.public && '*public*'].filter(Boolean).join(', ')
  const choices = setting.choices
    ? ` One of ${setting.choices
        .filter((one) => one !== '')
        .map((one) => `\`${one}\``)
        .join(', ')}.`
    : ''
  const aliases = setting.aliases?.length ? ` Also understood: ${setting.aliases.map((one) => `\`${one}\``).join(', ')}.` : ''
  const shown = setting.default === '' ? '' : `\`${cell(setting.default)}\``
  const storedKey = setting.environmentOnly ? '' : `\`${key}\``
  const meaning = `${cell(setting.help)}${choices}${aliases}${marks ? ` (${marks})` : ''}`
  return `| \`${environmentName(key, setting)}\` | ${storedKey} | ${shown} | ${meaning} |`
}

/** How to set a second one of these. */
function copies(prefix: string): string {
  const start = prefix.toUpperCase()
  return `There may be several of these side by side: \`${start}_2_…\` for \`${start}_…\` and the key \`${prefix}2…\` for \`${prefix}…\`
make the second one, up to 99. Each has all of these settings for itself; none is taken from another.`
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
