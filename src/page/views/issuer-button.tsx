import { leaveFor, titleOfIssuer } from '../app/identity'
import { useAction } from '../app/requests'
import { FormProblem } from '../components/field'

/** Leads to an identity provider, to log in there or to prove who one is. */
export function IssuerButton({ issuer, isProof = false }: { issuer: string; isProof?: boolean }) {
  const { run, isBusy, problem } = useAction(() => leaveFor(issuer, { isProof }))
  return (
    <>
      <button type="button" class="button button-wide" disabled={isBusy} onClick={() => run()}>
        Continue with {titleOfIssuer(issuer)}
      </button>
      <FormProblem problem={problem} />
    </>
  )
}
