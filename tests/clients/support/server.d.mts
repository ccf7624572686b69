export const url: string;
export const endpoint: string;
export const scantEndpoint: string;
export const sampleCourse: string;
export function mailedCode(email: string, seconds?: number): Promise<string>;
