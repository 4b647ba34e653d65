// What people see instead of a page: refused, not there, broken.
import { Front } from '../kit/front.tsx'
import { Icon } from '../kit/icon.tsx'
import type { View } from '../view.ts'

interface ErrorProps {
  readonly view: View
  readonly status: number
  readonly message: string
  readonly requestId: string
}

export const ErrorPage = ({ view, status, message, requestId }: ErrorProps) => (
  <Front view={view} title={view.t.error.titles[status] ?? view.t.error.other} lead={view.said(message)}>
    <a class="button primary large" href="/">
      <Icon name="arrow-left" />
      <span>{view.t.error.home}</span>
    </a>
    <p class="front-small">
      {status} · {view.t.error.request} <code>{requestId}</code>
    </p>
  </Front>
)
