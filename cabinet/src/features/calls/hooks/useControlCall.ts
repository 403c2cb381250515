import { useState } from 'react';
import { useMutation } from 'urql';
import { type CallAction, type CallState, ControlCallDocument } from '@/graphql/generated/graphql';
import { notifyProblem } from '@/ui/notifyProblem';
import { useProblemText } from '@/ui/useProblemText';

/** What was done by which a call's state is known before news of it come. */
interface Done {
  /** The state the news said when it was done: newer ones count more. */
  over: CallState;
  state: CallState;
}

/** Where a call stands once an action has come through; the answer comes before the PBX has done it. */
const outcomes: Partial<Record<CallAction, CallState>> = { HOLD: 'HELD', UNHOLD: 'TALKING' };

/** Leads a running call: hold, transfer, hang up. */
export function useControlCall(callId: string, told: CallState) {
  const textOf = useProblemText();
  const [{ fetching }, send] = useMutation(ControlCallDocument);
  const [done, setDone] = useState<Done>();
  const control = async (action: CallAction, more: { toEmployeeId?: string; toNumber?: string } = {}) => {
    const { data, error } = await send({ input: { callId, action, ...more } });
    if (error) {
      notifyProblem(textOf(error));
      return false;
    }
    if (data) {
      setDone({ over: told, state: outcomes[action] ?? data.controlCall.call.state });
    }
    return true;
  };
  return { control, pending: fetching, state: done?.over === told ? done.state : told };
}
