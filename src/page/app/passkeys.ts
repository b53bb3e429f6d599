import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser'
import type { Chat } from '../../client/chat'
import { ProblemError } from '../../client/connection/problem-error'
import type { NewSession, Problem } from '../../client/protocol'
import { isCancelled } from './forms'

type Passkey = NonNullable<NewSession['passkey']>

export const canUsePasskeys: boolean = browserSupportsWebAuthn()

/** Logs in with whichever passkey the browser has for this page. */
export async function logInByPasskey(chat: Chat) {
  const answer = await fetch(`${chat.address}/v1/sessions/passkey-options`, { method: 'POST' })
  if (!answer.ok) throw new ProblemError((await answer.json()) as Problem)
  return chat.logIn({ passkey: await used(await answer.json()) })
}

/** Proves with a passkey of the user who they are. */
export async function proveByPasskey(chat: Chat): Promise<void> {
  const path = '/v1/sessions/current/passkey-options'
  const options = await chat.request<PublicKeyCredentialRequestOptionsJSON>('POST', path)
  await chat.request('PUT', '/v1/sessions/current/proof', { passkey: await used(options) })
}

/** Has the browser make a passkey for this account. */
export async function addPasskey(chat: Chat, name: string): Promise<void> {
  const path = '/v1/me/passkey-options'
  const options = await chat.request<PublicKeyCredentialCreationOptionsJSON>('POST', path)
  const credential = await asked(startRegistration({ optionsJSON: options }))
  await chat.request('POST', '/v1/me/passkeys', { credential, ...(name ? { name } : {}) })
}

const used = async (optionsJSON: PublicKeyCredentialRequestOptionsJSON): Promise<Passkey> =>
  (await asked(startAuthentication({ optionsJSON }))) as unknown as Passkey

/** Whoever closes the window of the browser has changed their mind. */
async function asked<T>(ceremony: Promise<T>): Promise<T> {
  try {
    return await ceremony
  } catch (error) {
    if (isCancelled(error)) throw error
    const isThere = error instanceof Error && error.name === 'InvalidStateError'
    const detail = isThere
      ? 'This device has a passkey for this account already.'
      : 'The browser gave no passkey. Try again, or use another way.'
    throw new ProblemError({ code: 'passkey_refused', detail })
  }
}
