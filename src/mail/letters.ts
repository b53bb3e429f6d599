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
  | { kind: 'username' | 'password' | 'reset' | 'addressVerified' | 'takenBack' }
  | { kind: 'deletion'; until: number }
  | { kind: 'address' }
  | { kind: 'passkeyAdded' | 'passkeyRemoved'; name: string }
  | { kind: 'codesOn' | 'codesOff' | 'codesReset' | 'recoveryCode' | 'recoveryCodes' }

const told = (notice: Notice): { subject: string; happened: string } => {
  switch (notice.kind) {
    case 'device':
      return {
        subject: 'A log-in on a new device',
        happened: `was logged in to on a device that it was not used on before: ${notice.device}.`,
      }
    case 'username':
      return {
        subject: 'Your username was changed',
        happened: 'has this username now, and is logged in to by it.',
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
    case 'deletion':
      return {
        subject: 'Your account will be deleted',
        happened: `is hidden, and will be deleted on ${new Date(notice.until).toUTCString()}. Log in before then to keep it.`,
      }
    case 'takenBack':
      return {
        subject: 'Your account is back',
        happened: 'was logged in to, and will not be deleted.',
      }
    case 'passkeyAdded':
      return {
        subject: 'A passkey was added',
        happened: `can be logged in to with another passkey: ${notice.name}.`,
      }
    case 'passkeyRemoved':
      return {
        subject: 'A passkey was removed',
        happened: `can be logged in to with one passkey less: ${notice.name}.`,
      }
    case 'codesOn':
      return {
        subject: 'Codes were turned on',
        happened: 'now asks for a code of an authenticator app after the password.',
      }
    case 'codesOff':
      return {
        subject: 'Codes were turned off',
        happened: 'asks for no code after the password any more.',
      }
    case 'codesReset':
      return {
        subject: 'Codes were turned off',
        happened: 'asks for no code after the password any more: who runs the service did that.',
      }
    case 'recoveryCode':
      return {
        subject: 'A recovery code was used',
        happened: 'was opened with a recovery code. That one is used up.',
      }
    case 'recoveryCodes':
      return {
        subject: 'Your recovery codes were replaced',
        happened: 'has new recovery codes. Those before open nothing any more.',
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
