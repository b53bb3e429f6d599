import { type Letter, write } from './letter'

const IGNORE = 'If this was not you, you need not do anything.'

/** Asks whether somebody reads the mail of the address they gave. */
export const verification = (username: string, url: string): Letter =>
  write({
    subject: 'Verify your e-mail address',
    paragraphs: [
      `The account "${username}" was given this address.`,
      'If the account is yours, follow the link where you are logged in. It works once, for an hour.',
    ],
    link: { label: 'Verify the address', url },
    closing: ['If it is not yours, ignore this. Nobody can log in with the address then.'],
  })

/** Lets who forgot the password choose a new one. */
export const reset = (username: string, url: string): Letter =>
  write({
    subject: 'Choose a new password',
    paragraphs: [
      `Somebody, probably you, asked for a new password of the account "${username}".`,
      'The link works once, for an hour. A new password logs you out everywhere.',
    ],
    link: { label: 'Choose a new password', url },
    closing: [`${IGNORE} Your password stays as it is.`],
  })

/** What the owner of an account is told of. */
export type Notice =
  | { kind: 'device'; device: string }
  | { kind: 'password' | 'reset' | 'addressVerified' }
  | { kind: 'address' }
  | { kind: 'factorAdded' | 'factorRemoved'; factor: string }

const told = (notice: Notice): { subject: string; happened: string } => {
  switch (notice.kind) {
    case 'device':
      return {
        subject: 'A log-in on a new device',
        happened: `was logged in to on a device that it was not used on before: ${notice.device}.`,
      }
    case 'password':
      return { subject: 'Your password was changed', happened: 'has a new password.' }
    case 'reset':
      return {
        subject: 'Your password was changed',
        happened:
          'has a new password, chosen by a link in an e-mail. It was logged out everywhere.',
      }
    case 'address':
      return {
        subject: 'Your e-mail address was changed',
        happened: 'has another e-mail address, or none. This one logs nobody in any more.',
      }
    case 'addressVerified':
      return {
        subject: 'Your e-mail address was verified',
        happened: 'can be logged in to with this address, which also resets its password.',
      }
    case 'factorAdded':
      return {
        subject: 'A way to log in was added',
        happened: `can be logged in to in a new way: ${notice.factor}.`,
      }
    case 'factorRemoved':
      return {
        subject: 'A way to log in was removed',
        happened: `has lost a way to log in: ${notice.factor}.`,
      }
  }
}

/** Tells of something that matters for who can log in. It has no link, so that nobody learns to follow links of such letters. */
export function notice(username: string, about: Notice, now: number): Letter {
  const { subject, happened } = told(about)
  const when = new Date(now).toUTCString()
  return write({
    subject,
    paragraphs: [
      `Your account "${username}" ${happened}`,
      `When: ${when}.`,
      'If that was you, all is well. If not, open the chat, reset your password, and end the sessions that you do not know.',
    ],
  })
}
