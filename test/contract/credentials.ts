import { TOTP } from 'otpauth'
import { Authenticator } from '../fixtures/authenticator.ts'
import { type Person, send } from './scene.ts'

/** What the service has to be started with, so that passkeys are of the domain of the authenticator and letters can be read. */
export const SETTINGS = {
  PUBLIC_URL: 'https://chat.test',
  MAIL_FROM: 'chatroom@chat.test',
  LOCAL_MAIL: 'on',
}

const STEP_MS = 30_000

interface Prepared {
  /** The ids of what is there now. */
  values?: Record<string, string>
  /** What the body needs beside its example. */
  body?: object
}

/** Brings a person's credentials to where an operation finds what it needs. */
export const preparations: Record<string, (person: Person, url: string) => Promise<Prepared>> = {
  confirmTotp: async (person) => ({ body: { totp: codeOf(await beginTotp(person)) } }),
  replaceRecoveryCodes: async (person) => {
    await turnOnTotp(person)
    return {}
  },
  addPasskey: async (person) => ({ body: { credential: (await newPasskey(person)).credential } }),
  renamePasskey: async (person) => ({ values: { passkeyId: await addPasskey(person) } }),
  removePasskey: async (person) => ({ values: { passkeyId: await addPasskey(person) } }),
  requestVerification: async (person) => {
    await claimAddress(person)
    return {}
  },
  verifyEmail: async (person, url) => ({ body: { token: await verificationToken(person, url) } }),
  resetPassword: async (person, url) => ({ body: { token: await resetToken(person, url) } }),
}

const codeOf = (secret: string, steps = 0) =>
  new TOTP({ secret }).generate({ timestamp: Date.now() + steps * STEP_MS })

async function beginTotp(person: Person): Promise<string> {
  await person.ask('DELETE', '/v1/me/totp')
  return (await person.ask('POST', '/v1/me/totp')).body.secret
}

/** Has the log-ins of a person ask for a code. */
export async function turnOnTotp(person: Person): Promise<void> {
  const totp = codeOf(await beginTotp(person))
  await person.ask('POST', '/v1/me/totp/confirmation', { body: { totp } })
}

async function newPasskey(person: Person) {
  const { body: options } = await person.ask('POST', '/v1/me/passkey-options')
  return { credential: await new Authenticator().create(options) }
}

async function addPasskey(person: Person): Promise<string> {
  const added = await person.ask('POST', '/v1/me/passkeys', { body: await newPasskey(person) })
  return added.body.id
}

async function claimAddress(person: Person): Promise<string> {
  const email = `${person.username}.${Date.now()}@example.com`
  await person.ask('PATCH', '/v1/me', { body: { email } })
  return email
}

async function verificationToken(person: Person, url: string): Promise<string> {
  return linkTo(await claimAddress(person), 'verify', url)
}

async function resetToken(person: Person, url: string): Promise<string> {
  const email = await claimAddress(person)
  const token = await linkTo(email, 'verify', url)
  await person.ask('PUT', '/v1/me/email/verification', { body: { token } })
  await send(`${url}/v1/password-resets`, undefined, { method: 'POST', body: { email } })
  return linkTo(email, 'reset', url)
}

/** The token of the latest link that an address was sent, for which it waits. */
async function linkTo(address: string, purpose: string, url: string): Promise<string> {
  const headers = { accept: 'application/json' }
  for (let tries = 0; tries < 60; tries += 1) {
    const { body } = await send(`${url}/_local/mail`, undefined, { method: 'GET', headers })
    for (const { to, text } of body.items as { to: string; text: string }[]) {
      const token = new RegExp(`#${purpose}=([\\w-]+)`).exec(text)?.[1]
      if (to === address && token) return token
    }
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error(`No letter came to ${address}.`)
}
