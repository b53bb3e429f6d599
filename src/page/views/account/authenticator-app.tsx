import { useState } from 'preact/hooks'
import type { RecoveryCodes, TotpSecret } from '../../../client/protocol'
import { useChat } from '../../../client/react/chatroom-react'
import { notify } from '../../app/announcer'
import { dateOf } from '../../app/dates'
import { isCancelled } from '../../app/forms'
import { proven } from '../../app/proofs'
import { useAction } from '../../app/requests'
import { FormProblem } from '../../components/field'
import { AuthenticatorSetup } from './authenticator-setup'
import { Block } from './block'
import { NewRecoveryCodes } from './new-recovery-codes'
import type { SecurityProps } from './ways-in'

/** Whether a log-in by the password also asks for a code. */
export function AuthenticatorApp({ factors, onChange }: SecurityProps) {
  const chat = useChat()
  const [secret, setSecret] = useState<TotpSecret | null>(null)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const { run, isBusy, problem } = useAction(async (act: () => Promise<unknown>) => {
    try {
      await proven(act)
      onChange()
    } catch (error) {
      if (!isCancelled(error)) throw error
    }
  })
  const begin = async () => setSecret(await chat.request<TotpSecret>('POST', '/v1/me/totp'))
  const renew = async () => {
    const made = await chat.request<RecoveryCodes>('PUT', '/v1/me/recovery-codes')
    setCodes(made.recoveryCodes)
  }
  const end = async () => {
    await chat.request('DELETE', '/v1/me/totp')
    notify('Your password alone logs you in again.')
  }
  const { totp, password } = factors
  return (
    <>
      <Block
        title="Authenticator app"
        text={
          totp
            ? `On since ${dateOf(totp.since)}. ${totp.recoveryCodes} recovery codes left.`
            : password
              ? 'Have a log-in by your password also ask for a code of an app on your phone.'
              : 'Codes protect a password, and you have none.'
        }
      >
        <FormProblem problem={problem} />
        {totp && (
          <div class="dialog-actions">
            <button type="button" class="button" disabled={isBusy} onClick={() => run(renew)}>
              New recovery codes
            </button>
            <button type="button" class="button" disabled={isBusy} onClick={() => run(end)}>
              Turn off
            </button>
          </div>
        )}
        {!totp && password && (
          <button
            type="button"
            class="button account-end"
            disabled={isBusy}
            onClick={() => run(begin)}
          >
            Set up
          </button>
        )}
      </Block>
      {secret && (
        <AuthenticatorSetup
          secret={secret}
          onClose={() => setSecret(null)}
          onCodes={(made) => {
            setSecret(null)
            setCodes(made)
            onChange()
          }}
        />
      )}
      {codes && <NewRecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
    </>
  )
}
