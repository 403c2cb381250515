/** An employee to filter by. */
export interface EmployeeChoice {
  id: string;
  name: string;
}

/** The employees of the deals read so far, by name; the chosen one stays even when no deal shows it. */
export function employeesOf(
  deals: { employee: EmployeeChoice | null }[],
  chosen: string | undefined,
): EmployeeChoice[] {
  const byId = new Map<string, EmployeeChoice>();
  for (const { employee } of deals) {
    if (employee) {
      byId.set(employee.id, { id: employee.id, name: employee.name || employee.id });
    }
  }
  if (chosen !== undefined && !byId.has(chosen)) {
    byId.set(chosen, { id: chosen, name: chosen });
  }
  return [...byId.values()].sort((a, b) => a.name.localeCompare(b.name));
}
