import type { RecoveryCodes, TotpSecret } from '../../../client/protocol'
import { useChat } from '../../../client/react/chatroom-react'
import { textOf, useForm } from '../../app/forms'
import { Dialog } from '../../components/dialog'
import { FormProblem } from '../../components/field'
import { QrCode } from '../../components/qr-code'
import { TotpField } from '../code-field'

interface SetupProps {
  secret: TotpSecret
  onCodes: (codes: readonly string[]) => void
  onClose: () => void
}

/** Shows the secret once, and takes a code of it. */
export function AuthenticatorSetup({ secret, onCodes, onClose }: SetupProps) {
  const chat = useChat()
  const { onSubmit, isBusy, problem, errors } = useForm(async (form) => {
    const totp = textOf(form, 'totp').replace(/\s/g, '')
    const path = '/v1/me/totp/confirmation'
    onCodes((await chat.request<RecoveryCodes>('POST', path, { totp })).recoveryCodes)
  })
  return (
    <Dialog title="Set up an authenticator app" onClose={onClose}>
      <p class="dialog-text">Scan this with the app, or type in the secret below it.</p>
      <QrCode text={secret.uri} label="QR code for your authenticator app" />
      <p class="totp-secret">
        <a href={secret.uri}>{secret.secret}</a>
      </p>
      <form class="form" onSubmit={onSubmit}>
        <TotpField label="Code that the app shows" error={errors.totp} />
        <FormProblem problem={problem} />
        <button type="submit" class="button button-primary button-wide" disabled={isBusy}>
          Turn on
        </button>
      </form>
    </Dialog>
  )
}
