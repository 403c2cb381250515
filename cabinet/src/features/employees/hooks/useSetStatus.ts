import { useMutation } from 'urql';
import { type SetEmployeeStatusInput, SetEmployeeStatusDocument } from '@/graphql/generated/graphql';
import { notifyProblem } from '@/ui/notifyProblem';
import { useProblemText } from '@/ui/useProblemText';

const context = { additionalTypenames: ['Employee'] };

/** Sets the status of an employee; says so when it could not be set. */
export function useSetStatus(employeeId: string) {
  const textOf = useProblemText();
  const [{ fetching }, set] = useMutation(SetEmployeeStatusDocument);
  return {
    pending: fetching,
    setStatus: async (choice: Omit<SetEmployeeStatusInput, 'employeeId'>) => {
      const { error } = await set({ input: { employeeId, ...choice } }, context);
      if (error) {
        notifyProblem(textOf(error));
      }
    },
  };
}
