/** What an HTML file holds for its script. */
export function readData<Data>(): Data {
  return JSON.parse(document.getElementById('data')?.textContent ?? '') as Data
}
