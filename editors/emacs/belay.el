;;; belay.el --- Belay for migrations in SQL, by Eglot  -*- lexical-binding: t -*-

;; Eglot comes with Emacs 29; for Emacs 28 it is in GNU ELPA (Debian: elpa-eglot).
;;
;;   (add-to-list 'load-path "/path/to/belay/editors/emacs")
;;   (require 'belay)

;;; Code:

(require 'eglot)

(defvar belay-program "belay" "The program of the language server.")

(add-to-list 'eglot-server-programs
             `(sql-mode . ,(lambda (&rest _) (list belay-program "lsp"))))
(add-hook 'sql-mode-hook #'eglot-ensure)

(defconst belay-commands
  '("status" "plan" "begin" "apply" "down" "commit" "rollback" "rehearse" "verify" "doctor"
    "check" "verifySchema" "snapshots" "environments" "showVerdict" "showRisk" "goToDown" "goToUp"
    "generateDown")
  "What `belay' can be asked to do.")

;;;###autoload
(defun belay (command)
  "Run COMMAND of Belay on the migration in this buffer, or on its database.
Whatever changes a database asks first, and names it."
  (interactive (list (completing-read "Belay: " belay-commands nil t)))
  (let* ((answer (jsonrpc-request
                  (eglot--current-server-or-lose) :workspace/executeCommand
                  (list :command (concat "belay." command)
                        :arguments (vector (list :uri (eglot--path-to-uri buffer-file-name))))
                  :timeout nil)) ; a migration takes as long as it takes
         (report (plist-get answer :report)))
    (when report
      (with-current-buffer (get-buffer-create (format "*Belay %s*" command))
        (let ((inhibit-read-only t))
          (erase-buffer)
          (insert report)
          (goto-char (point-min)))
        (view-mode 1)
        (display-buffer (current-buffer))))
    answer))

(provide 'belay)
;;; belay.el ends here
