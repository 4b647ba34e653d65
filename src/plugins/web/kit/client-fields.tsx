// The fields of an app: what people see and where it sends them, then protection and lifetimes, folded away.
import { type ClientFlag, type ClientText, type ClientValues, clientFlags } from '../client-form.ts'
import type { Faults } from '../forms.ts'
import type { View } from '../view.ts'
import { Field, Switch, TextArea } from './controls.tsx'
import { Icon } from './icon.tsx'

interface ClientFieldsProps {
  readonly view: View
  readonly values: ClientValues
  readonly faults: Faults
  /** The app was seen to use PKCE, so it may be demanded. */
  readonly usesPkce?: boolean
}

const expertTexts: readonly ClientText[] = [
  'accessTokenDurationMinutes',
  'refreshTokenDurationMinutes',
  'backchannelLogoutURL',
  'initiateLoginURL',
]
const expertFlags: readonly ClientFlag[] = ['pkceEnabled', 'requiresPushedAuthorizationRequests', 'requiresDpop']

export function ClientFields({ view, values, faults, usesPkce }: ClientFieldsProps) {
  const { t, said } = view
  const words = t.client as unknown as Readonly<Record<string, string>>
  const shared = (name: ClientText | ClientFlag) => ({
    name,
    label: words[name] ?? name,
    hint: words[name === 'pkceEnabled' && usesPkce ? 'pkceSupportedHelp' : `${name}Help`],
    fault: faults[name] && said(faults[name]),
    requiredWord: t.app.required,
  })
  const text = (name: ClientText) => ({ ...shared(name), value: values.text[name], autocomplete: 'off' })
  const flag = (name: ClientFlag) => <Switch {...shared(name)} checked={values.flag[name]} />
  const faulty = [...expertTexts, ...expertFlags].some((name) => faults[name])
  return (
    <>
      <div class="fields">
        <Field {...text('name')} required maxlength={50} />
        <Field {...text('description')} maxlength={150} />
        <TextArea {...text('callbackURLs')} />
        <TextArea {...text('logoutCallbackURLs')} />
        <Field {...text('launchURL')} mono wide />
        {clientFlags.filter((name) => !expertFlags.includes(name)).map(flag)}
      </div>
      <details class="expert" open={faulty}>
        <summary class="button small">
          <Icon name="sliders-horizontal" />
          <span>{t.client.expert}</span>
        </summary>
        <div class="fields">
          {expertTexts.map((name) => (
            <Field {...text(name)} mono />
          ))}
          {expertFlags.map(flag)}
        </div>
      </details>
    </>
  )
}
