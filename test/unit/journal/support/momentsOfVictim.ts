// What a process that edits pictures can be told: to be killed right after it has said one of these of an edit.

export const momentsOfVictim = ['shown', 'saved'] as const;
