// File boxes in the page's language; files that a form would refuse anyway are named before they are sent
// (input[type=file][data-file-most]).
(() => {
  const { texts, enhancers } = window.shoujie;
  const wrong = (input) => {
    const { fileMost, filesMost, uploadMost } = input.dataset;
    const files = [...input.files];
    const most = JSON.parse(fileMost); // by ending; a kind that is not taken is named by the server
    const ending = (file) => file.name.slice(file.name.lastIndexOf(".")).toLowerCase();
    const large = files.filter((file) => file.size > most[ending(file)]).map((file) => file.name);
    if (large.length) return `${texts.fileTooLarge} ${large.join(", ")}`;
    if (files.length > Number(filesMost)) return texts.tooManyFiles;
    return files.reduce((sum, file) => sum + file.size, 0) > Number(uploadMost) ? texts.uploadTooLarge : "";
  };
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file" || !input.dataset.fileMost) return;
    const told = input.closest(".file-box")?.parentElement.querySelector("[data-file-error]") || document.createElement("div");
    told.dataset.fileError = "";
    told.className = "invalid-feedback";
    told.setAttribute("role", "alert");
    told.textContent = wrong(input);
    (input.closest(".file-box") ?? input).after(told);
    input.classList.toggle("is-invalid", told.textContent !== "");
    if (told.textContent) input.value = "";
  });
  // a browser's own box speaks the browser's language: its button and the names are written here
  const names = (input) => [...input.files].map((file) => file.name).join(", ") || texts.noFile;
  const dress = (input) => {
    const label = document.createElement("label");
    label.className = "file-box";
    const choose = document.createElement("span");
    choose.className = "btn";
    choose.textContent = input.multiple ? texts.chooseFiles : texts.chooseFile;
    const chosen = document.createElement("span");
    chosen.dataset.chosen = "";
    input.replaceWith(label);
    input.classList.add("visually-hidden");
    label.append(input, choose, chosen);
    const tell = () => (chosen.textContent = names(input));
    input.addEventListener("change", () => setTimeout(tell)); // after a refused file was taken out again
    tell();
  };
  enhancers.push((part) => part.querySelectorAll("input[type=file]:not(.visually-hidden)").forEach(dress));
})();
