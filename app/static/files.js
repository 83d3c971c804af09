// Files that a form would refuse anyway are named before they are sent: input[type=file][data-file-most].
(() => {
  const { texts } = window.shoujie;
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
    const told = input.parentElement.querySelector("[data-file-error]") || document.createElement("div");
    told.dataset.fileError = "";
    told.className = "invalid-feedback";
    told.setAttribute("role", "alert");
    told.textContent = wrong(input);
    input.after(told);
    input.classList.toggle("is-invalid", told.textContent !== "");
    if (told.textContent) input.value = "";
  });
})();
