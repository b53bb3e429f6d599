import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Factors } from '../../../client/protocol'
import { canUsePasskeys } from '../../app/passkeys'
import { useProofQuestion } from '../../app/proofs'
import { useReading } from '../../app/requests'
import { Dialog } from '../../components/dialog'
import { Failure, Skeleton } from '../../components/states'
import { IdentityProof } from './identity-proof'
import { PasskeyProof } from './passkey-proof'
import { PasswordProof } from './password-proof'
import type { ProofProps } from './ways-in'

interface Way {
  name: string
  isPossible: (factors: Factors) => boolean
  View: ComponentType<ProofProps>
}

/** In the order in which they are offered. */
const WAYS: readonly Way[] = [
  { name: 'password', isPossible: ({ password }) => password, View: PasswordProof },
  {
    name: 'passkey',
    isPossible: ({ passkeys }) => passkeys > 0 && canUsePasskeys,
    View: PasskeyProof,
  },
  { name: 'identity', isPossible: ({ identities }) => identities > 0, View: IdentityProof },
]

/** The dialog of `proven`. */
export function StepUp() {
  const question = useProofQuestion()
  // Whoever goes elsewhere has changed their mind.
  useEffect(() => {
    if (!question) return
    addEventListener('hashchange', question.cancel)
    return () => removeEventListener('hashchange', question.cancel)
  }, [question])
  if (!question) return null
  return (
    <Dialog title="Is it you?" onClose={question.cancel}>
      <Ways onProven={question.proven} />
    </Dialog>
  )
}

function Ways({ onProven }: { onProven: () => void }) {
  const { value: factors, problem, reload } = useReading<Factors>('/v1/me/factors')
  if (problem) return <Failure problem={problem} onRetry={reload} />
  if (!factors) return <Skeleton rows={1} label="Loading" />
  const ways = WAYS.filter(({ isPossible }) => isPossible(factors))
  return (
    <div class="proofs">
      <p class="dialog-text">
        This changes who can use your account. Prove once more that it is yours; that holds for ten
        minutes.
      </p>
      {ways.map(({ name, View }) => (
        <View key={name} factors={factors} onProven={onProven} />
      ))}
      {ways.length === 0 && (
        <p class="dialog-text">Log out and log in again, then come back here.</p>
      )}
    </div>
  )
}
