// A refusal as a page. Whoever is not signed in goes to the sign-in and comes back afterwards.
import type { ErrorPage as Refusal } from '#core/kernel/plugin.ts'
import { pageResponse } from './answer.ts'
import { ErrorPage } from './pages/error.tsx'
import { bareView, type WebHost } from './view.ts'

export const errorPage =
  (web: WebHost) =>
  ({ status, message, requestId, request }: Refusal): Response | Promise<Response> => {
    const view = bareView(web, request)
    if (status === 401) {
      const back = request.method === 'GET' ? `?next=${encodeURIComponent(view.here)}` : ''
      return new Response(null, { status: 303, headers: { location: `/login${back}`, 'cache-control': 'no-store' } })
    }
    return pageResponse(<ErrorPage view={view} status={status} message={message} requestId={requestId} />, request, status)
  }
