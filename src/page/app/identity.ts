import { useSyncExternalStore } from 'preact/compat'
import type { Chat } from '../../client/chat'
import { ProblemError } from '../../client/connection/problem-error'
import { addressOf } from './routes'

/** What somebody goes to their identity provider for, and where on this page they are led back to. */
interface Errand {
  verifier: string
  isProof: boolean
  back: string
}

const KEY = 'identity'

const REASONS: Readonly<Record<string, string>> = {
  no_answer: 'You are back without an answer of your identity provider.',
  access_denied: 'You did not log in there. Choose another way, or try again.',
  expired: 'That took too long, or was used before. Try again.',
  identity_refused: 'Your identity provider’s answer was not accepted.',
  rate_limited: 'There were too many attempts. Try again in a few minutes.',
  unavailable: 'Your identity provider did not answer. Try again in a moment.',
}

export const sentenceOfReason = (reason: string): string =>
  REASONS[reason] ?? 'Logging in there did not work. Try again.'

/** The name of an issuer, as a button has it. */
export const titleOfIssuer = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')

/** Leaves this page for that of an identity provider. */
export async function leaveFor(issuer: string, { isProof = false } = {}): Promise<void> {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)))
  const back = location.hash || addressOf.home
  sessionStorage.setItem(KEY, JSON.stringify({ verifier, isProof, back } satisfies Errand))
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const query = new URLSearchParams({
    challenge: base64url(new Uint8Array(digest)),
    returnTo: location.origin + location.pathname,
    ...(isProof ? { prompt: 'login' } : {}),
  })
  location.assign(`/v1/identity/${encodeURIComponent(issuer)}/start?${query}`)
}

/** Goes on with the code that the identity provider led back with. */
export async function comeBack(
  chat: Chat,
  code: string,
): Promise<{ isProof: boolean; back: string }> {
  const errand = takeErrand()
  if (!errand)
    throw new ProblemError({ code: 'identity_refused', detail: sentenceOfReason('expired') })
  const proof = { code, codeVerifier: errand.verifier }
  const { isProof, back } = errand
  await (isProof ? chat.request('PUT', '/v1/sessions/current/proof', proof) : chat.logIn(proof))
  return { isProof, back }
}

/** Whether somebody left for an identity provider and is not back yet. */
export const hasErrand = (): boolean => sessionStorage.getItem(KEY) !== null

/** Answers where on this page somebody was who comes back without a code. */
export const forgetErrand = (): string => takeErrand()?.back ?? addressOf.home

let refusal: string | null = null
const listeners = new Set<() => void>()

/** Why the latest log-in at an identity provider came to nothing. */
export function useRefusal(): string | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => refusal,
  )
}

export function setRefusal(reason: string | null): void {
  refusal = reason
  for (const listener of listeners) listener()
}

/** A verifier is for one answer. */
function takeErrand(): Errand | null {
  const stored = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  return stored ? JSON.parse(stored) : null
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
