// Every setting of every plugin, drawn from the tables in which they are declared.
import type { GroupRow } from '#core/identity/actor.ts'
import type { ConfigurationEntry } from '#core/settings/configuration.ts'
import type { Faults } from '../forms.ts'
import { Icon } from '../kit/icon.tsx'
import { ImagesCard } from '../kit/images-card.tsx'
import { MailTest, type MailTestProps } from '../kit/mail-test.tsx'
import { Badge, Card, Notice } from '../kit/pieces.tsx'
import { isFixed, SettingField } from '../kit/setting-field.tsx'
import { Shell } from '../kit/shell.tsx'
import { isSignUpField, SignUpField } from '../kit/sign-up-fields.tsx'
import type { View } from '../view.ts'

export const configurationPath = '/settings/admin/application-configuration'

interface ConfigurationProps {
  readonly view: View
  readonly sections: readonly { readonly owner: string; readonly entries: readonly ConfigurationEntry[] }[]
  readonly typed: Readonly<Record<string, string>>
  readonly faults: Faults
  readonly readOnly: boolean
  readonly directoryPath: string
  /** Where pictures are posted to, and what is wrong with one, by its name; undefined where there are none. */
  readonly images: { readonly base: string; readonly faults: Faults } | undefined
  /** Groups that are made here, for new accounts. */
  readonly groups: readonly GroupRow[]
  /** Below the settings of letters. */
  readonly mailTest: MailTestProps | undefined
}

export function ConfigurationPage(props: ConfigurationProps) {
  const { view, sections, typed, faults, readOnly, directoryPath, images, groups, mailTest } = props
  const { t, said } = view
  return (
    <Shell
      view={view}
      title={t.configuration.title}
      islands={['configuration']}
      lead={t.configuration.lead}
      fault={faults[''] === undefined ? undefined : said(faults[''])}
      actions={
        <a class="button" href={directoryPath}>
          <Icon name="folder-sync" />
          <span>{t.configuration.sections.ldap}</span>
        </a>
      }
    >
      {readOnly && <Notice tone="accent">{t.configuration.readOnly}</Notice>}
      {sections.map(({ owner, entries }) => [
        <form method="post" action={configurationPath} data-busy={t.app.working}>
          <Card
            id={owner}
            title={t.configuration.sections[owner] ?? owner}
            lead={t.configuration.sectionLeads[owner]}
            aside={owner !== 'core' && <Badge icon="puzzle">{t.configuration.plugin(owner)}</Badge>}
            footer={!readOnly && !entries.every(isFixed) && <SaveRow view={view} label={t.configuration.save} />}
          >
            <SettingFields view={view} entries={entries} typed={typed} faults={faults} readOnly={readOnly} groups={groups} />
          </Card>
        </form>,
        owner === 'email' && mailTest && <MailTest {...mailTest} />,
        owner === 'core' && images && <ImagesCard view={view} {...images} />,
      ])}
    </Shell>
  )
}

export const SaveRow = ({ view, label }: { readonly view: View; readonly label: string }) => (
  <>
    <span class="muted">{view.t.configuration.checked}</span>
    <button type="submit" class="button primary">
      <span>{label}</span>
    </button>
  </>
)

interface SettingFieldsProps {
  readonly view: View
  readonly entries: readonly ConfigurationEntry[]
  readonly typed: Readonly<Record<string, string>>
  readonly faults: Faults
  readonly readOnly: boolean
  /** Groups that are made here, where a setting names some. */
  readonly groups?: readonly GroupRow[]
}

/** Values first, switches after them: two columns stay even. */
export const SettingFields = ({ view, entries, typed, faults, readOnly, groups = [] }: SettingFieldsProps) => {
  const flags = entries.filter(({ setting }) => setting.kind === 'flag')
  const values = entries.filter((entry) => !flags.includes(entry))
  return (
    <div class="fields">
      {[...values, ...flags].map((entry) => {
        const shared = { view, entry, typed: typed[entry.key], faults, readOnly }
        return isSignUpField(entry.key) ? <SignUpField {...shared} groups={groups} /> : <SettingField {...shared} />
      })}
    </div>
  )
}
