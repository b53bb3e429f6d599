import type { Secrets } from '../auth/tokens'
import { ApiError } from '../errors'
import type { Directory } from './database'
import * as recoveryCodes from './recovery-codes'
import * as totp from './totp'

/** What a user sends beside their password. */
export interface SecondFactor {
  totp?: string | undefined
  recoveryCode?: string | undefined
}

/**
 * Takes a second factor and returns which one it was. Throws `wrong_code`, `rate_limited`, `gone`, and `second_factor_required`
 * where nothing was sent.
 */
export async function spend(
  directory: Directory,
  userId: string,
  { totp: code, recoveryCode }: SecondFactor,
  context: { secrets: Secrets; now: number },
): Promise<'totp' | 'recovery_code'> {
  if (recoveryCode !== undefined) {
    await recoveryCodes.spend(directory, userId, recoveryCode)
    return 'recovery_code'
  }
  if (code === undefined) throw secondFactorRequired()
  await totp.spendCode(directory, userId, code, context)
  return 'totp'
}

export const secondFactorRequired = (challenge?: string) =>
  new ApiError(
    'second_factor_required',
    'Enter the code of your authenticator app, or a recovery code.',
    challenge === undefined ? {} : { challenge },
  )
