// Refusals of the provider's REST interface. What the protocol endpoints say to apps is in protocol/errors.ts.
import { defineErrors } from '#core/errors.ts'

export const oidcErrors = defineErrors({
  oidc_client_not_found: { status: 404, message: 'There is no such app.' },
  oidc_interaction_not_found: {
    status: 404,
    message: 'This sign-in request has run out or was already finished. Go back to the app and start again.',
  },
  oidc_interaction_step: { status: 400, message: 'This step is not the next one of this sign-in request.' },
  oidc_missing_authorization: { status: 403, message: 'You have not given this app access yet.' },
  oidc_access_denied: { status: 403, message: 'You are not allowed to use this app. Ask your administrator.' },
  oidc_invalid_callback_url: { status: 400, message: 'The callback address of this request is not registered for the app.' },
  oidc_invalid_logout_callback_url: {
    status: 400,
    message: 'The address to go to after signing out is not registered for the app.',
  },
  oidc_client_id_not_matching: { status: 400, message: 'The client id does not match.' },
  oidc_device_code_expired: { status: 400, message: 'This code has run out. Start again on the device.' },
  oidc_invalid_device_code: { status: 400, message: 'This code is not valid. Compare it with what the device shows.' },
  client_id_already_exists: { status: 409, message: 'There is an app with this id already.' },
  oidc_metadata_document_unusable: { status: 422, message: 'The document that describes this app cannot be used.' },
  logo_download_failed: { status: 422, message: 'The logo could not be downloaded.' },
  logo_type_not_supported: { status: 422, message: 'A logo must be a PNG, JPEG, WebP, AVIF, GIF or SVG image.' },
  logo_too_large: { status: 422, message: 'A logo may have at most 2 MB.' },
  oidc_callback_url_missing: { status: 400, message: 'The app sent no callback address (redirect_uri).' },
  oidc_request_ambiguous: {
    status: 400,
    message: 'The app sent a request that is too large, names a parameter twice, or holds the character NUL.',
  },
  oidc_request_uri_invalid: {
    status: 400,
    message: 'The request that the app prepared has run out or was already answered. Go back to the app and start again.',
  },
  oidc_request_object_invalid: { status: 400, message: 'The request is not signed by the app it names.' },
  reauthentication_required: { status: 401, message: 'Touch your passkey once more.' },
  oidc_authorization_failed: { status: 400, message: 'The app sent a request that cannot be answered.' },
})
