// The directory: how it is, the last run, a test, a preview, and its settings, also while it is off.

import type { Child } from 'hono/jsx'
import type { DetectedDirectory, DirectoryReport, DirectoryStep } from '#core/directory-ports.ts'
import type { ConfigurationEntry } from '#core/settings/configuration.ts'
import type { DirectoryFacts } from '../directory-facts.ts'
import type { Faults } from '../forms.ts'
import { Action } from '../kit/controls.tsx'
import { DetectedCard, type Post } from '../kit/directory-decisions.tsx'
import { FactsRow } from '../kit/directory-facts.tsx'
import { HistoryCard } from '../kit/directory-history.tsx'
import { ProgressCard } from '../kit/directory-progress.tsx'
import { PreviewCard, RunCard } from '../kit/directory-reports.tsx'
import { LiveCard, StepsCard } from '../kit/directory-steps.tsx'
import { Icon } from '../kit/icon.tsx'
import { Badge, Card, Notice, State, type Tone } from '../kit/pieces.tsx'
import { isFixed } from '../kit/setting-field.tsx'
import { Shell } from '../kit/shell.tsx'
import type { View } from '../view.ts'
import { SaveRow, SettingFields } from './configuration.tsx'
import { withSource } from './paths.ts'

/** Plugins whose settings have this page instead of a section of the configuration: the directory and its copies. */
export const isDirectoryOwner = (owner: string): boolean => /^ldap(-\d+)?$/.test(owner)
export const directoryPath = '/settings/admin/directory'

interface DirectoryProps {
  readonly view: View
  readonly owner: string
  /** The directories that are on. */
  readonly sources: readonly string[]
  readonly entries: readonly ConfigurationEntry[]
  readonly typed: Readonly<Record<string, string>>
  readonly faults: Faults
  readonly readOnly: boolean
  /** Undefined while it is off. */
  readonly facts: DirectoryFacts | undefined
  readonly insight: boolean
  readonly steps?: readonly DirectoryStep[] | undefined
  readonly preview?: DirectoryReport | undefined
  readonly detected?: DetectedDirectory | undefined
}

const tones: Readonly<Record<string, Tone>> = { ok: 'ok', refused: 'warn', failed: 'bad', waiting: 'plain', off: 'plain' }

function stateOf(facts: DirectoryFacts | undefined): 'ok' | 'refused' | 'failed' | 'waiting' | 'off' {
  if (!facts) return 'off'
  const outcome = facts.runs[0]?.outcome
  if (outcome === undefined) return 'waiting'
  return outcome === 'refused' || outcome === 'failed' ? outcome : 'ok'
}

export function DirectoryPage(props: DirectoryProps) {
  const { view, facts, faults, steps, preview, detected, readOnly } = props
  const post = postOf(props)
  const quiet = !steps && !preview && !detected
  const t = view.t.directory
  const state = stateOf(facts)
  return (
    <Shell
      view={view}
      title={t.title}
      lead={facts ? t.leadOn : t.leadOff}
      state={<State tone={tones[state] ?? 'plain'}>{t.states[state]}</State>}
      islands={['directory']}
      actions={facts && <Actions {...props} />}
      fault={faults[''] === undefined ? undefined : view.said(faults[''])}
    >
      {props.sources.length > 1 && <Sources {...props} />}
      {facts && <FactsRow view={view} facts={facts} />}
      {props.insight && (
        <ProgressCard
          view={view}
          progress={facts?.progress}
          follow={withSource('/api/ldap/progress', props.owner)}
          result={post('')}
        />
      )}
      {facts && <LiveCard view={view} />}
      {steps && <StepsCard view={view} steps={steps} />}
      {preview && <PreviewCard view={view} post={post} report={preview} source={props.owner} />}
      {detected && (
        <DetectedCard
          view={view}
          action={post('')}
          detected={detected}
          typed={props.typed}
          labels={new Map(props.entries.map(({ key, setting }) => [key, setting.label]))}
        />
      )}
      {quiet && facts?.runs[0] && <RunCard view={view} post={post} report={facts.runs[0]} source={props.owner} />}
      {quiet && facts && facts.runs.length > 1 && <HistoryCard view={view} post={post} runs={facts.runs} source={props.owner} />}
      {readOnly && <Notice tone="accent">{view.t.configuration.readOnly}</Notice>}
      <SettingsForm {...props} />
    </Shell>
  )
}

/** With one directory nothing has to be said of which. */
const postOf =
  ({ owner, sources }: Pick<DirectoryProps, 'owner' | 'sources'>): Post =>
  (what) =>
    withSource(what === '' ? directoryPath : `${directoryPath}/${what}`, sources.length > 1 ? owner : undefined)

const Sources = ({ view, owner, sources }: DirectoryProps) => (
  <nav class="chips" aria-label={view.t.directory.which}>
    {sources.map((source) => (
      <a class="chip" href={withSource(directoryPath, source)} aria-current={source === owner ? 'true' : undefined}>
        {source}
      </a>
    ))}
  </nav>
)

function Actions({ view, insight, ...which }: DirectoryProps) {
  const post = postOf(which)
  const t = view.t.directory
  const busy = view.t.app.working
  return (
    <>
      {insight && (
        <Action to={post('test')} busy={busy} live="steps">
          <Icon name="plug-zap" />
          <span>{t.test}</span>
        </Action>
      )}
      {insight && (
        <Action to={post('preview')} busy={busy}>
          <Icon name="git-compare-arrows" />
          <span>{t.preview}</span>
        </Action>
      )}
      <Action to={post('sync')} class="button primary" busy={busy} live="run">
        <Icon name="refresh-cw" />
        <span>{t.sync}</span>
      </Action>
    </>
  )
}

const isMapping = (key: string): boolean => /Attribute|AdminGroup|Claims|Template|Picture|PrimaryGroup/.test(key)
const isEncryption = (key: string): boolean => /Tls|Ca[FC]|Cert|Client|Sasl/.test(key)
const isRule = (key: string): boolean => /Nested|SoftDelete|Respect|Max|PageSize|Adopt|Keep|Retention|Stag|Delta|Live/.test(key)

/** One form over its cards: whether a value fits depends on the others, and all are saved or none. */
function SettingsForm({ view, entries, typed, faults, readOnly, insight, ...which }: DirectoryProps) {
  const t = view.t.directory
  const post = postOf(which)
  const fields = (chosen: readonly ConfigurationEntry[]) => (
    <SettingFields view={view} entries={chosen} typed={typed} faults={faults} readOnly={readOnly} />
  )
  const mapping = entries.filter(({ key }) => isMapping(key))
  const rules = entries.filter(({ key }) => isRule(key))
  const encryption = entries.filter(({ key }) => isEncryption(key))
  const connection = entries.filter((entry) => ![...mapping, ...rules, ...encryption].includes(entry))
  const save = !readOnly && !entries.every(isFixed) && <SaveRow view={view} label={t.save} />
  return (
    <form method="post" action={post('')} class="stack" data-busy={view.t.app.working}>
      <Card
        title={t.connection}
        lead={t.connectionLead}
        aside={<Badge icon="puzzle">{view.t.configuration.plugin(which.owner)}</Badge>}
        footer={save && insight ? <TrySave view={view} post={post} save={save} /> : save}
      >
        {fields(connection)}
      </Card>
      <Card title={t.encryption} lead={t.encryptionLead} footer={save}>
        {fields(encryption)}
      </Card>
      <Card title={t.mapping} lead={t.mappingLead} footer={save}>
        {fields(mapping)}
      </Card>
      <Card title={t.behaviour} lead={t.behaviourLead} footer={save}>
        {fields(rules)}
      </Card>
    </form>
  )
}

interface TrySaveProps {
  readonly view: View
  readonly post: Post
  readonly save: Child
}

/** What is typed can be tried before it is saved. */
const TrySave = ({ view, post, save }: TrySaveProps) => (
  <>
    <button type="submit" class="button" formaction={post('detect')}>
      <Icon name="wand-sparkles" />
      <span>{view.t.directory.detect}</span>
    </button>
    <button type="submit" class="button" formaction={post('test')} data-live="steps">
      <Icon name="plug-zap" />
      <span>{view.t.directory.testTyped}</span>
    </button>
    {save}
  </>
)
