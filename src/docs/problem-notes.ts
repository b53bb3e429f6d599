import type { Code } from '../errors'

interface Note {
  when: string
  /** What a client does about it. */
  next: string
}

/** When a problem happens, and what a client should do. */
export const problemNotes: Record<Code, Note> = {
  malformed: {
    when: 'The body, or a frame on the socket, is not JSON.',
    next: 'Fix the client. Sending the same bytes again fails again.',
  },
  invalid: {
    when: 'A field, parameter or header breaks its schema. `errors` lists each with its `path`.',
    next: 'Show the messages beside the fields they belong to, and send a corrected request.',
  },
  unauthenticated: {
    when: 'The request carries no access token, or one whose session has ended.',
    next: 'Refresh the session once. If that fails too, ask the user to log in.',
  },
  token_expired: {
    when: 'The access token is older than 10 minutes.',
    next: 'Call `POST /v1/sessions/refresh`, then repeat the request with the new token.',
  },
  forbidden: {
    when: 'Your role does not have the capability that this needs.',
    next: 'Hide the action: `me.capabilities` of the room tells what you may do.',
  },
  suspended: {
    when: 'Your account is suspended. It can read and nothing else.',
    next: 'Show until when: `suspendedUntil` of `GET /v1/me`.',
  },
  muted: {
    when: 'You are muted in this room.',
    next: 'Disable the composer until `nextPostAt`, which is also in `me` of the room.',
  },
  banned: {
    when: 'You are banned from this room.',
    next: 'Leave the room view. Do not reconnect.',
  },
  frozen: {
    when: 'The room is frozen, and you are not one of its admins.',
    next: 'Disable the composer until a `room.frozen` event says that it is open again.',
  },
  not_connected: {
    when: 'The other user does not accept messages from you, or does not let you add them.',
    next: 'Offer to send a friend request. The answer does not tell whether you are blocked.',
  },
  wrong_password: {
    when: 'The password of an account or a room is wrong, or there is no such account.',
    next: 'Ask for the password again. Log-ins are limited, so do not repeat it by yourself.',
  },
  second_factor_required: {
    when: 'The password is right, and your account also asks for a code of your authenticator app.',
    next: 'Ask for the code, or for a recovery code. At a log-in send it with the `challenge` of this problem to `POST /v1/sessions`; in `PUT /v1/sessions/current/proof` send it beside the password.',
  },
  wrong_code: {
    when: 'The code of your authenticator app is wrong, too old or was used before, or there is no such recovery code.',
    next: 'Ask for the next code. Ten wrong ones in an hour are too many, so do not repeat it by yourself.',
  },
  proof_required: {
    when: 'You change your e-mail address or what you log in by, delete your account or end another session, and your last proof of who you are is more than ten minutes old.',
    next: 'Ask for the password or a passkey, whatever `GET /v1/me/factors` has, send it with `PUT /v1/sessions/current/proof`, then repeat the request. Changing the address also takes it as `currentPassword`.',
  },
  registration_required: {
    when: 'You are a guest, and create a room, open a direct room, befriend or follow somebody, change your e-mail address, or enter a closed room without an invite.',
    next: 'Offer to sign up: `PATCH /v1/me` with `username` and `password` keeps everything that the guest has. Then repeat the request.',
  },
  identity_refused: {
    when: 'The identity token is not of an issuer that is trusted here, not for this service, too old, or not rightly signed. `detail` says which.',
    next: 'Get a new one from the issuer, once. If that is refused, too, the operator has to look at `IDENTITY_ISSUERS`.',
  },
  passkey_refused: {
    when: 'The passkey is not one of an account here, or was not asked for by this service, this page and this session within five minutes, or it was used before.',
    next: 'Ask for new options and try once more. If that is refused, too, offer another way to log in.',
  },
  not_found: {
    when: 'There is no such thing, or you may not know that there is.',
    next: 'Drop it from the view. Repeating does not help.',
  },
  method_not_allowed: {
    when: 'The path exists, but not with this method.',
    next: 'Fix the client; the `Allow` header lists the methods.',
  },
  conflict: {
    when: 'Something changed since you looked: `If-Match`, an upload offset, a file that a message has already.',
    next: 'Read the resource again, then decide whether to repeat.',
  },
  username_taken: {
    when: 'Another account has this username, or had it when it was deleted.',
    next: 'Ask for another username.',
  },
  last_owner: {
    when: 'The only owner of a room tried to leave, or to give up the role.',
    next: 'Make another member owner first, or delete the room.',
  },
  last_admin: {
    when: 'The only admin of the site tried to give up the role, or to delete the account.',
    next: 'Make another user admin first.',
  },
  last_credential: {
    when: 'You remove the only thing that you can log in by.',
    next: 'Add a passkey or set a password first.',
  },
  too_many: {
    when: 'A limit is reached, such as pins, invites, kinds of emoji or rooms; `detail` says which.',
    next: 'Remove one before you add another. Waiting does not help.',
  },
  gone: {
    when: 'The message was deleted, the invite has ended, or a part of the upload was lost.',
    next: 'Drop it from the view. It does not come back.',
  },
  too_large: {
    when: 'The body, file or frame is larger than its limit.',
    next: 'Send less. `detail` names the limit.',
  },
  unsupported_type: {
    when: 'The `Content-Type` is not accepted here, or the bytes are not what it says.',
    next: 'Send JSON as `application/json`; show `detail` to the user who chose the file.',
  },
  slow_mode: {
    when: 'The room is in slow mode, and your last message is too recent.',
    next: 'Count down `Retry-After` seconds, or to `nextPostAt`, then post again with the same nonce.',
  },
  rate_limited: {
    when: 'You sent more requests or frames than `RateLimit-Policy` allows.',
    next: 'Wait `Retry-After` seconds, then repeat.',
  },
  internal: {
    when: 'A bug of the service. It was logged with the `requestId`.',
    next: 'Repeat once. If it fails again, report the `requestId`.',
  },
  unavailable: {
    when: 'The service, or a part that it needs, cannot answer right now.',
    next: 'Repeat after `Retry-After` seconds, with growing pauses.',
  },
}
