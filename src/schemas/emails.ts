import { z } from 'zod'

// What mail servers take without quotes: no space, comma, quote or line break, so an address never ends a header.
const ADDRESS =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/
const MAX_LENGTH = 254
const MAX_LOCAL_PART = 64
const INTERNATIONAL = /^[\p{L}\p{M}\p{N}.-]+$/u

/**
 * One spelling of an address. Lower case as a whole: a provider may tell Ana@ from ana@, but none does, and who registers the other
 * would pass for her. What stands behind a plus stays, because it is a part of the name. The domain is as DNS has it (`xn--`).
 */
export function spelling(email: string): string {
  const at = email.lastIndexOf('@')
  const domain = email.slice(at + 1).normalize('NFC')
  const isInternational = !/^[ -~]*$/.test(domain) && INTERNATIONAL.test(domain)
  const known = isInternational ? (URL.parse(`http://${domain}`)?.hostname ?? domain) : domain
  return `${email.slice(0, at + 1)}${known}`.toLowerCase()
}

const isAddress = (email: string) =>
  email.length <= MAX_LENGTH && email.indexOf('@') <= MAX_LOCAL_PART && ADDRESS.test(email)

export const Email = z
  .string()
  .max(MAX_LENGTH)
  .overwrite(spelling)
  .refine(isAddress, 'must be an e-mail address')
  // What it is before it is spelled as here; a domain may be international.
  .meta({ pattern: '^[^@\\s]+@[^@\\s]+$', example: 'ana@example.com' })

/** An address by which somebody is looked for. Whatever it is, it is nobody's or somebody's. */
export const GivenEmail = z
  .string()
  .max(254)
  .overwrite(spelling)
  .meta({ example: 'ana@example.com' })

/** The secret of a link in an e-mail. */
export const LinkToken = z.string().min(1).max(64).meta({
  description: 'What stands behind the `=` in the link of the e-mail.',
  example: 'pJ4nq3Gk0bqT6q1m3jv0Zw',
})

export const EmailVerification = z
  .strictObject({ token: LinkToken })
  .meta({ id: 'EmailVerification' })

export const NewPasswordReset = z
  .strictObject({
    email: GivenEmail.optional(),
    username: z.string().max(254).toLowerCase().optional().meta({ example: 'ana.lopez' }),
  })
  .refine(({ email, username }) => (email === undefined) !== (username === undefined), {
    message: 'give either an email or a username',
    path: ['email'],
  })
  .meta({ id: 'NewPasswordReset', example: { email: 'ana@example.com' } })
export type NewPasswordReset = z.infer<typeof NewPasswordReset>
