import { useChat } from '../../../client/react/chatroom-react'
import { proveByPasskey } from '../../app/passkeys'
import { useAction } from '../../app/requests'
import { FormProblem } from '../../components/field'
import type { ProofProps } from './ways-in'

export function PasskeyProof({ onProven }: ProofProps) {
  const chat = useChat()
  const { run, isBusy, problem } = useAction(async () => {
    await proveByPasskey(chat)
    onProven()
  })
  return (
    <div class="form">
      <button type="button" class="button" disabled={isBusy} onClick={() => run()}>
        Use a passkey
      </button>
      <FormProblem problem={problem} />
    </div>
  )
}
