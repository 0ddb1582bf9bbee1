"""The web process with time stamps at the steps of a prediction."""

from flask import Flask
from stamps import around

from emojify_core.queue.answer_listener import AnswerListener
from emojify_core.queue.grouping.gathering import Gathering
from emojify_core.queue.grouping.publisher import Publisher
from emojify_core.queue.queue_capacity import QueueCapacity
from web.__main__ import main

around(Flask, "wsgi_app", "web begins", "web is done")
around(QueueCapacity, "admit", "web has read the request", "web knows the queue's length")
around(AnswerListener, "expect", None, "web listens")
around(Publisher, "publish", None, "web has published")
around(Gathering, "_follow", None, "web hears the answer")

if __name__ == "__main__":
    main()
