import type { Session } from '../../../client/protocol'
import { useChat } from '../../../client/react/chatroom-react'
import { notify } from '../../app/announcer'
import { useFeatures } from '../../app/features'
import { passwordOf, useForm } from '../../app/forms'
import { canUsePasskeys } from '../../app/passkeys'
import { proven } from '../../app/proofs'
import { type Page, useReading } from '../../app/requests'
import { Field, FormProblem } from '../../components/field'
import { IssuerButton } from '../issuer-button'
import { NewPasswordField } from '../new-password-field'
import { Block } from './block'
import { PasskeyProof } from './passkey-proof'
import { patchMe } from './patch-me'
import type { SecurityProps } from './ways-in'

/** How long the service takes a proof for one. */
const PROOF_MS = 10 * 60_000

/** The change of the password, or a first one for who came by something else. */
export function Password({ me, factors, onChange }: SecurityProps) {
  const chat = useChat()
  const { value: sessions, reload } = useReading<Page<Session>>('/v1/sessions?limit=100')
  const isAsked = factors.password && !isProvenOtherwise(sessions?.items ?? [])
  const { onSubmit, isBusy, problem, errors } = useForm(
    async (form, element) => {
      const current = passwordOf(form, 'currentPassword')
      await proven(() =>
        patchMe(chat, {
          password: passwordOf(form),
          ...(isAsked ? { currentPassword: current } : {}),
        }),
      ).finally(reload)
      element.reset()
      notify('Your password is changed. Your other devices are signed out.')
      onChange()
    },
    { wrong_password: 'currentPassword' },
  )
  return (
    <Block
      title="Password"
      text={
        factors.password
          ? 'A new one signs out all your other devices.'
          : 'You have none yet. With one, you can also log in by your username.'
      }
    >
      <form class="form" onSubmit={onSubmit}>
        <input type="text" hidden autocomplete="username" value={me.username} readOnly />
        {isAsked && (
          <Field
            label="Current password"
            name="currentPassword"
            type="password"
            autocomplete="current-password"
            required
            error={errors.currentPassword}
          />
        )}
        <NewPasswordField label="New password" error={errors.password} />
        <FormProblem problem={problem} />
        <button type="submit" class="button button-primary" disabled={isBusy}>
          {isBusy ? 'Changing …' : factors.password ? 'Change password' : 'Set password'}
        </button>
      </form>
      {isAsked && <Forgotten factors={factors} onProven={reload} />}
    </Block>
  )
}

/** What stands in for the current password. */
function Forgotten({
  factors,
  onProven,
}: Pick<SecurityProps, 'factors'> & { onProven: () => void }) {
  const features = useFeatures()
  const hasPasskey = factors.passkeys > 0 && canUsePasskeys
  const issuers = factors.identities > 0 ? (features?.identityIssuers ?? []) : []
  if (!hasPasskey && issuers.length === 0) return null
  return (
    <details class="account-forgotten">
      <summary>Forgot your current password?</summary>
      <div class="proofs">
        <p class="dialog-text">Show otherwise who you are. Then choose a new one without it.</p>
        {hasPasskey && <PasskeyProof factors={factors} onProven={onProven} />}
        {issuers.map((issuer) => (
          <IssuerButton key={issuer} issuer={issuer} isProof />
        ))}
      </div>
    </details>
  )
}

/** Whether the latest proof in this session is one that stands in for the password. The service decides, by its own clock. */
function isProvenOtherwise(sessions: readonly Session[]): boolean {
  const current = sessions.find((session) => session.current)
  if (!current || Date.now() - Date.parse(current.provenAt) > PROOF_MS) return false
  return ['passkey', 'identity'].includes(current.methods.join())
}
